"""Service Quotas of EC2, of which moto has none: those of GPU instances.

Applied values are what an account was granted; a quota without one is not found, and has its default alone, as in AWS.
"""

import json

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

# Name, and the applied value if the account has one. Names and codes are AWS', values are ours.
EC2 = {
    "L-417A185B": ("Running On-Demand P instances", 384.0),
    "L-DB2E81BA": ("Running On-Demand G and VT instances", 128.0),
    "L-7212CCBC": ("All P4, P3 and P2 Spot Instance Requests", 96.0),
    "L-C4BD4855": ("All P5 Spot Instance Requests", None),
    "L-3819A6DF": ("All G and VT Spot Instance Requests", None),
}
DEFAULT = 0.0

others = ServiceQuotasBackend.get_service_quota


def quota(code, value):
    """A quota as the API shows it."""
    return {"ServiceCode": "ec2", "QuotaCode": code, "QuotaName": EC2[code][0], "Value": value, "Unit": "None"}


def applied(self, service_code, quota_code):
    """GetServiceQuota."""
    if service_code != "ec2":
        return others(self, service_code=service_code, quota_code=quota_code)
    value = EC2.get(quota_code, (None, None))[1]
    if value is None:
        raise NoSuchResource
    return quota(quota_code, value)


def default(self):
    """GetAWSDefaultServiceQuota."""
    asked = json.loads(self.body)
    if asked["ServiceCode"] != "ec2" or asked["QuotaCode"] not in EC2:
        raise NoSuchResource
    return json.dumps({"Quota": quota(asked["QuotaCode"], DEFAULT)})


def install():
    """Adds them to moto."""
    ServiceQuotasBackend.get_service_quota = applied
    ServiceQuotasResponse.get_aws_default_service_quota = default
