"""EKS managed node groups for moto, ours: moto's own know one state, no Auto Scaling group and almost no refusal.

* `service.py`: the actions, in moto's EKS.
* `group.py`: one node group and what EKS is at work on.
* `updates.py`: UpdateNodegroupConfig, UpdateNodegroupVersion and what becomes of them.
* `rules.py`, `templates.py`: what EKS refuses, and with which error.
* `scaling.py`: the Auto Scaling group, in moto's Auto Scaling, without instances.
* `control.py`: what a test can order: failures, degradation, the pace, changes by somebody else.

README.md of the counterparts says what of it is documented, what was seen in public reports and what is an assumption.
"""

from . import control, service


def install():
    """Puts the actions into moto's EKS and the control endpoints beside moto's own."""
    service.install()
    control.install()
