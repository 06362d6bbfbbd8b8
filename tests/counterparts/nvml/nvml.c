// A libnvidia-ml.so.1 without GPUs: answers what NVIDIA's device plugin asks, from the text file that $SIMULATED_NVML names.
// Names, numbers and layouts of structs are those of NVIDIA's public nvml.h.
//
//   gpu   INDEX UUID MIG MEMORY_BYTES NAME_WITH_UNDERSCORES
//   kind  INDEX NUMBER PROFILE_ID SLICES MEMORY_MIB            a profile that the GPU has, by NVML's number of it
//   slice INDEX INSTANCE_ID PROFILE_ID UUID                    a GPU instance with one compute instance of its size
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TIMEOUT = 10, UNKNOWN = 999 };
enum { GPUS = 16, KINDS = 24, SLICES = 8 };

struct kind { unsigned number, id, slices; unsigned long long memory_mib; };
struct slice { struct gpu *gpu; unsigned id; struct kind *kind; char uuid[96]; };
struct gpu {
    unsigned index, mig, kinds, slices;
    unsigned long long memory;
    char uuid[96], name[96];
    struct kind kind[KINDS];
    struct slice slice[SLICES];
};

// A handle points to one of these; which, its first word tells.
struct handle { enum { GPU, SLICE } is; struct gpu *gpu; struct slice *slice; };

static struct gpu gpus[GPUS];
static struct handle gpu_handles[GPUS], slice_handles[GPUS][SLICES];
static unsigned count;

typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; } pci_t;
typedef struct {
    unsigned sms, copy, decoders, encoders, jpeg, ofa, gpu_slices, compute_slices;
    unsigned long long memory_mib;
} attributes_t;
typedef struct {
    unsigned id, p2p, slices, instances, sms, copy, decoders, encoders, jpeg, ofa;
    unsigned long long memory_mib;
} profile_t;
typedef struct { unsigned id, slices, instances, sms, copy, decoders, encoders, jpeg, ofa; } compute_profile_t;
typedef struct { unsigned start, size; } placement_t;
typedef struct { struct handle *device; unsigned id, profile; placement_t placement; } instance_t;
typedef struct { struct handle *device, *instance; unsigned id, profile; placement_t placement; } compute_t;

static struct kind *kind_of(struct gpu *gpu, unsigned id) {
    for (unsigned i = 0; i < gpu->kinds; i++)
        if (gpu->kind[i].id == id) return &gpu->kind[i];
    return NULL;
}

static int read_line(const char *line) {
    unsigned index, a, b, c;
    unsigned long long memory;
    char uuid[96], name[96];
    if (sscanf(line, "gpu %u %95s %u %llu %95s", &index, uuid, &a, &memory, name) == 5 && index < GPUS) {
        struct gpu *gpu = &gpus[index];
        gpu->index = index, gpu->mig = a, gpu->memory = memory;
        strcpy(gpu->uuid, uuid), strcpy(gpu->name, name);
        for (char *at = gpu->name; *at; at++) if (*at == '_') *at = ' ';
        gpu_handles[index] = (struct handle){GPU, gpu, NULL};
        if (index >= count) count = index + 1;
    } else if (sscanf(line, "kind %u %u %u %u %llu", &index, &a, &b, &c, &memory) == 5 && index < GPUS) {
        struct gpu *gpu = &gpus[index];
        if (gpu->kinds == KINDS) return 0;
        gpu->kind[gpu->kinds++] = (struct kind){a, b, c, memory};
    } else if (sscanf(line, "slice %u %u %u %95s", &index, &a, &b, uuid) == 4 && index < GPUS) {
        struct gpu *gpu = &gpus[index];
        struct kind *kind = kind_of(gpu, b);
        if (!kind || gpu->slices == SLICES) return 0;
        struct slice *slice = &gpu->slice[gpu->slices];
        *slice = (struct slice){gpu, a, kind, ""};
        strcpy(slice->uuid, uuid);
        slice_handles[index][gpu->slices++] = (struct handle){SLICE, gpu, slice};
    } else return 0;
    return 1;
}

int nvmlInit_v2(void) {
    const char *path = getenv("SIMULATED_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    char line[512];
    if (!file) return UNKNOWN;
    if (count) return fclose(file), SUCCESS;
    while (fgets(line, sizeof line, file))
        if (!read_line(line)) return fprintf(stderr, "simulated nvml: %s", line), fclose(file), UNKNOWN;
    return fclose(file), SUCCESS;
}
int nvmlInitWithFlags(unsigned flags) { (void)flags; return nvmlInit_v2(); }
int nvmlShutdown(void) { return SUCCESS; }
const char *nvmlErrorString(int code) { return code == NOT_FOUND ? "Not Found" : code ? "Failed" : "Success"; }

static int text(char *to, unsigned size, const char *from) { return snprintf(to, size, "%s", from), SUCCESS; }
int nvmlSystemGetDriverVersion(char *to, unsigned size) { return text(to, size, "580.95.05"); }
int nvmlSystemGetCudaDriverVersion_v2(int *to) { return *to = 13000, SUCCESS; }
int nvmlSystemGetCudaDriverVersion(int *to) { return nvmlSystemGetCudaDriverVersion_v2(to); }

int nvmlDeviceGetCount_v2(unsigned *to) { return *to = count, SUCCESS; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, struct handle **to) {
    if (index >= count) return INVALID_ARGUMENT;
    return *to = &gpu_handles[index], SUCCESS;
}
int nvmlDeviceGetHandleByUUID(const char *uuid, struct handle **to) {
    for (unsigned i = 0; i < count; i++) {
        if (!strcmp(gpus[i].uuid, uuid)) return *to = &gpu_handles[i], SUCCESS;
        for (unsigned j = 0; j < gpus[i].slices; j++)
            if (!strcmp(gpus[i].slice[j].uuid, uuid)) return *to = &slice_handles[i][j], SUCCESS;
    }
    return NOT_FOUND;
}
int nvmlDeviceGetIndex(struct handle *of, unsigned *to) { return *to = of->gpu->index, SUCCESS; }
int nvmlDeviceGetMinorNumber(struct handle *of, unsigned *to) { return *to = of->gpu->index, SUCCESS; }
int nvmlDeviceGetName(struct handle *of, char *to, unsigned size) { return text(to, size, of->gpu->name); }
int nvmlDeviceGetUUID(struct handle *of, char *to, unsigned size) {
    return text(to, size, of->is == GPU ? of->gpu->uuid : of->slice->uuid);
}
int nvmlDeviceGetPciInfo_v3(struct handle *of, pci_t *to) {
    memset(to, 0, sizeof *to);
    to->bus = of->gpu->index + 1;
    snprintf(to->legacy, sizeof to->legacy, "0000:%02X:00.0", to->bus);
    snprintf(to->bus_id, sizeof to->bus_id, "00000000:%02X:00.0", to->bus);
    return SUCCESS;
}
int nvmlDeviceGetMemoryInfo(struct handle *of, memory_t *to) {
    to->total = of->is == GPU ? of->gpu->memory : of->slice->kind->memory_mib << 20;
    to->free = to->total, to->used = 0;
    return SUCCESS;
}
int nvmlDeviceGetCudaComputeCapability(struct handle *of, int *major, int *minor) {
    (void)of;
    return *major = 9, *minor = 0, SUCCESS;
}

int nvmlDeviceGetMigMode(struct handle *of, unsigned *current, unsigned *pending) {
    if (!of->gpu->kinds) return NOT_SUPPORTED;
    return *current = *pending = of->gpu->mig, SUCCESS;
}
int nvmlDeviceGetMaxMigDeviceCount(struct handle *of, unsigned *to) { (void)of; return *to = SLICES, SUCCESS; }
int nvmlDeviceGetMigDeviceHandleByIndex(struct handle *of, unsigned index, struct handle **to) {
    if (index >= of->gpu->slices) return NOT_FOUND;
    return *to = &slice_handles[of->gpu->index][index], SUCCESS;
}
int nvmlDeviceIsMigDeviceHandle(struct handle *of, unsigned *to) { return *to = of->is == SLICE, SUCCESS; }
int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(struct handle *of, struct handle **to) {
    return *to = &gpu_handles[of->gpu->index], SUCCESS;
}
int nvmlDeviceGetGpuInstanceId(struct handle *of, unsigned *to) {
    if (of->is != SLICE) return INVALID_ARGUMENT;
    return *to = of->slice->id, SUCCESS;
}
int nvmlDeviceGetComputeInstanceId(struct handle *of, unsigned *to) {
    if (of->is != SLICE) return INVALID_ARGUMENT;
    return *to = 0, SUCCESS;
}
int nvmlDeviceGetAttributes_v2(struct handle *of, attributes_t *to) {
    if (of->is != SLICE) return INVALID_ARGUMENT;
    memset(to, 0, sizeof *to);
    to->gpu_slices = to->compute_slices = of->slice->kind->slices;
    to->memory_mib = of->slice->kind->memory_mib;
    return SUCCESS;
}

int nvmlDeviceGetGpuInstanceProfileInfo(struct handle *of, unsigned number, profile_t *to) {
    for (unsigned i = 0; i < of->gpu->kinds; i++) {
        struct kind *kind = &of->gpu->kind[i];
        if (kind->number != number) continue;
        memset(to, 0, sizeof *to);
        to->id = kind->id, to->slices = kind->slices, to->memory_mib = kind->memory_mib, to->instances = SLICES;
        return SUCCESS;
    }
    return NOT_SUPPORTED;
}
int nvmlDeviceGetGpuInstanceById(struct handle *of, unsigned id, struct handle **to) {
    for (unsigned i = 0; i < of->gpu->slices; i++)
        if (of->gpu->slice[i].id == id) return *to = &slice_handles[of->gpu->index][i], SUCCESS;
    return NOT_FOUND;
}
int nvmlGpuInstanceGetInfo(struct handle *of, instance_t *to) {
    *to = (instance_t){&gpu_handles[of->gpu->index], of->slice->id, of->slice->kind->id, {0, 0}};
    return SUCCESS;
}
int nvmlGpuInstanceGetComputeInstanceById(struct handle *of, unsigned id, struct handle **to) {
    return id ? NOT_FOUND : (*to = of, SUCCESS);
}
// Compute profiles by NVML's number: 0 to 6 are 1, 2, 3, 4, 7, 8 and 6 slices. Their numbers serve as their IDs.
static const unsigned compute_slices[] = {1, 2, 3, 4, 7, 8, 6};
static unsigned compute_number(const struct slice *slice) {
    unsigned number = 0;
    while (number < 6 && compute_slices[number] != slice->kind->slices) number++;
    return number;
}
int nvmlGpuInstanceGetComputeInstanceProfileInfo(struct handle *of, unsigned number, unsigned engines,
                                                 compute_profile_t *to) {
    if (engines || number > 6 || compute_slices[number] > of->slice->kind->slices) return NOT_SUPPORTED;
    memset(to, 0, sizeof *to);
    to->id = number, to->slices = compute_slices[number], to->instances = 1;
    return SUCCESS;
}
int nvmlComputeInstanceGetInfo_v2(struct handle *of, compute_t *to) {
    *to = (compute_t){&gpu_handles[of->gpu->index], of, 0, compute_number(of->slice), {0, of->slice->kind->slices}};
    return SUCCESS;
}

// Nothing ever happens to these GPUs.
int nvmlEventSetCreate(void **to) { return *to = gpus, SUCCESS; }
int nvmlEventSetFree(void *set) { (void)set; return SUCCESS; }
int nvmlEventSetWait_v2(void *set, void *event, unsigned milliseconds) {
    (void)set, (void)event;
    return usleep(milliseconds * 1000), TIMEOUT;
}
int nvmlDeviceGetSupportedEventTypes(struct handle *of, unsigned long long *to) { (void)of; return *to = 8, SUCCESS; }
int nvmlDeviceRegisterEvents(struct handle *of, unsigned long long types, void *set) {
    (void)of, (void)types, (void)set;
    return SUCCESS;
}
