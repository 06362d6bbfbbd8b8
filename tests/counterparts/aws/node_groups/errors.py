"""The errors of EKS; the names are those of its API model."""

from moto.eks import exceptions


def invalid_parameter(message, **names):
    """A value is wrong."""
    return exceptions.InvalidParameterException(message=message, **names)


def invalid_request(message, **names):
    """Values contradict one another or the state."""
    return exceptions.InvalidRequestException(message=message, **names)


def in_use(message, **names):
    """The name is taken, or EKS is at work on the object."""
    return exceptions.ResourceInUseException(message=message, **names)


def not_found(message, **names):
    """There is no such object."""
    return exceptions.ResourceNotFoundException(message=message, **names)


def no_cluster(name):
    """There is no such cluster."""
    return not_found(f"No cluster found for name: {name}.", clusterName=name)


def no_group(cluster, name):
    """There is no such node group."""
    return not_found(f"No node group found for name: {name}.", clusterName=cluster, nodegroupName=name)
