"""What the quickstart made, read from EC2's and Kubernetes' own APIs and not from Terraform's state.

With --expect-nothing: fails if anything of it is still there.
"""

import base64
import json
import os
import ssl
import sys
import urllib.parse
import urllib.request
from xml.etree import ElementTree

NAMESPACE = "kube-system"
KINDS = {
    "ServiceAccount": "api/v1/namespaces/{}/serviceaccounts",
    "ConfigMap": "api/v1/namespaces/{}/configmaps",
    "DaemonSet": "apis/apps/v1/namespaces/{}/daemonsets",
}
MANAGER = "terraform-provider-mig"


def ec2(action, **parameters):
    """Calls EC2; the local one reads only region and service from the signature."""
    body = urllib.parse.urlencode({"Action": action, "Version": "2016-11-15", **parameters})
    scope = f"{os.environ['AWS_ACCESS_KEY_ID']}/20260101/{os.environ['AWS_REGION']}/ec2/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], body.encode(), headers)
    with urllib.request.urlopen(request) as answer:
        tree = ElementTree.fromstring(answer.read())
    for element in tree.iter():
        element.tag = element.tag.rpartition("}")[2]
    return tree


def templates():
    return [item.findtext("launchTemplateId") for item in ec2("DescribeLaunchTemplates").findall("launchTemplates/item")]


def kubernetes():
    """A function that reads one path of the API server."""
    with open(os.environ["KUBECONFIG"], encoding="utf-8") as file:
        config = json.load(file)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)

    def get(path):
        headers = {"Authorization": f"Bearer {user['token']}"}
        request = urllib.request.Request(f"{cluster['server']}/{path}", headers=headers)
        with urllib.request.urlopen(request, context=context) as answer:
            return json.load(answer)

    return get


def ours(get):
    """The objects that the provider's field manager applied, by kind."""
    for kind, path in KINDS.items():
        for item in get(path.format(NAMESPACE))["items"]:
            managers = [entry["manager"] for entry in item["metadata"].get("managedFields", [])]
            if any(manager.startswith(MANAGER) for manager in managers):
                yield kind, item


def show_template(template):
    versions = ec2("DescribeLaunchTemplateVersions", LaunchTemplateId=template, **{"LaunchTemplateVersion.1": "$Latest"})
    version = versions.find("launchTemplateVersionSet/item")
    data = base64.b64decode(version.findtext("launchTemplateData/userData")).decode()
    print(f"EC2 launch template {version.findtext('launchTemplateName')} ({template}), version "
          f"{version.findtext('versionNumber')}, user data of {len(data)} bytes:")
    print("  the table that the node cuts its GPUs by (GPUs, then PROFILE-ID:START for each slice):")
    table = data.partition("put /etc/mig/layout")[2].partition("\nEOF")[0]
    for line in table.splitlines()[1:]:
        print(f"    {line}")


def show_object(kind, item):
    print(f"Kubernetes {kind} {item['metadata']['namespace']}/{item['metadata']['name']}")
    if kind == "DaemonSet":
        pod = item["spec"]["template"]["spec"]
        print(f"  image          {pod['containers'][0]['image']}")
        for variable in pod["containers"][0].get("env", []):
            if variable["name"] == "MIG_STRATEGY":
                print(f"  MIG strategy   {variable.get('value')}")
        print(f"  node selector  {json.dumps(pod.get('nodeSelector', {}))}")


def main():
    found, objects = templates(), list(ours(kubernetes()))
    if "--expect-nothing" in sys.argv:
        left = found + [f"{kind} {item['metadata']['name']}" for kind, item in objects]
        if left:
            sys.exit(f"still there after destroy: {', '.join(left)}")
        print("EC2 has no launch template, and Kubernetes none of the objects any more.")
        return
    if not found or not objects:
        sys.exit(f"apply made {len(found)} launch templates and {len(objects)} Kubernetes objects")
    for template in found:
        show_template(template)
    print()
    for kind, item in objects:
        show_object(kind, item)


main()
