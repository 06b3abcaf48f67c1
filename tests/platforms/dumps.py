"""Clusters with pods that wait, and what the scheduler says of each by its source: message and all."""

from __future__ import annotations

from tests.platforms.kubernetes import HOST, ZONE, apart, near, node, pod, selector, spread

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
TAINTED = "node(s) had untolerated taint {{{}}}"
CORDONED, SELECTED = "node(s) were unschedulable", "node(s) didn't match Pod's node affinity/selector"
SPREAD, MISSING = (
    "node(s) didn't match pod topology spread constraints",
    "node(s) didn't match pod topology spread constraints (missing required label)",
)
NEAR, APART = "node(s) didn't match pod affinity rules", "node(s) didn't match pod anti-affinity rules"
OTHERS_APART = "node(s) didn't satisfy existing pods anti-affinity rules"
PORTS, ZONES = "node(s) didn't have free ports for the requested pod ports", "node(s) had volume node affinity conflict"
LIMIT, NO_VOLUME = "node(s) exceed max volume count", "node(s) didn't find available persistent volumes to bind"
CPU, MEMORY, PODS, GPUS = "Insufficient cpu", "Insufficient memory", "Too many pods", "Insufficient nvidia.com/gpu"


def waits(name, *reasons, of, cpu="500m", labels=None, **spec):
    """A pod that waits, with what the scheduler says of it: pairs of a number and a reason, or a text."""
    made = pod(name, cpu=cpu, labels=labels, **spec)
    told = ", ".join(sorted(f"{n} {why}" for n, why in reasons)) if isinstance(reasons[0], tuple) else reasons[0]
    message = (
        f"0/{of} nodes are available: {told}. preemption: 0/{of} nodes are available: {of} Preemption is not helpful."
    )
    made["status"]["conditions"] = [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    ]
    return made


def asks(made, **requests):
    """The pod with other requests of its container."""
    made["spec"]["containers"][0]["resources"]["requests"] |= {
        k.replace("__", "/").replace("_", "."): v for k, v in requests.items()
    }
    return made


def offers(made, **amounts):
    """The node with other amounts."""
    made["status"]["allocatable"] |= {k.replace("__", "/").replace("_", "."): v for k, v in amounts.items()}
    return made


def changed(made, **metadata):
    """The object with other metadata."""
    made["metadata"] |= metadata
    return made


def one(kind, name, space=None, **fields):
    """Any other object."""
    return {"kind": kind, "metadata": {"name": name, **({"namespace": space} if space else {})}, **fields}


def mounts(*claims):
    """Volumes of claims."""
    return [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]


def zonal(name, zone):
    """A volume of a zone, bound to a claim of the same name."""
    term = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [zone]}]}
    spec = {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": name}, "storageClassName": "gp3"}
    spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [term]}}
    claim = {"volumeName": name, "storageClassName": "gp3", "accessModes": ["ReadWriteOnce"]}
    return [
        one("PersistentVolume", name, spec=spec, status={"phase": "Bound"}),
        one("PersistentVolumeClaim", name, "shop", spec=claim, status={"phase": "Bound"}),
    ]


def drivers(name, count):
    """How many volumes a node may have."""
    return one("CSINode", name, spec={"drivers": [{"name": "ebs.csi.aws.com", "allocatable": {"count": count}}]})


GPU = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
MASTER = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
LOST = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
TOLERATES_GPU = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]


def control_plane():
    """Taints and amounts: a control plane, a node that is lost, two that are full."""
    lost = node("w3", taints=[LOST])
    lost["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]
    return [
        node("cp", taints=[MASTER]),
        node("w1", cpu="2"),
        node("w2", cpu="2"),
        lost,
        asks(pod("a", "w1", cpu="1800m"), memory="7Gi"),
        pod("b", "w2", cpu="1800m"),
        asks(
            waits(
                *("big", (1, TAINTED.format("node-role.kubernetes.io/control-plane: "))),
                *((1, TAINTED.format("node.kubernetes.io/not-ready: ")), (2, CPU), (1, MEMORY)),
                of=4,
            ),
            memory="2Gi",
        ),
    ]


def gpus():
    """Extended resources behind a taint; a toleration of another value; a cordoned node before its other taints."""
    other = [{"key": "nvidia.com/gpu", "value": "absent", "effect": "NoSchedule"}]
    nodes = [offers(node(f"g{n}", taints=[GPU], unschedulable=n == 2), nvidia_com__gpu="2") for n in range(3)]
    train = waits("train", (1, CORDONED), (3, GPUS), of=4, tolerations=TOLERATES_GPU)
    wrong = waits(
        "wrong", (2, TAINTED.format("nvidia.com/gpu: present")), (1, CORDONED), (1, GPUS), of=4, tolerations=other
    )
    running = [pod(f"run-{n}", f"g{n}", tolerations=TOLERATES_GPU) for n in range(2)]
    pods = [asks(made, nvidia_com__gpu="1") for made in (*running, wrong)]
    return [*nodes, node("cpu"), *pods, asks(train, nvidia_com__gpu="2")]


def zones_of_volumes():
    """A volume in a zone whose nodes are full, or cordoned; a limit of volumes; an ephemeral claim still to be made."""
    gp3 = one("StorageClass", "gp3", provisioner="ebs.csi.aws.com", volumeBindingMode="WaitForFirstConsumer")
    ephemeral = [{"name": "tmp", "ephemeral": {"volumeClaimTemplate": {}}}]
    return [
        *(node("a1", "a", "1"), node("a2", "a", unschedulable=True), node("b1", "b"), node("b2", "b")),
        *(drivers("a1", 25), drivers("a2", 25), drivers("b1", 1), drivers("b2", 25)),
        *(gp3, *zonal("db-0", "a"), *zonal("db-1", "b"), *zonal("db-2", "b")),
        pod("full", "a1", cpu="900m"),
        pod("db-1", "b1", volumes=mounts("db-1")),
        pod("fills", "b2", cpu="3800m"),
        waits("db-0", (2, CPU), (1, CORDONED), (1, LIMIT), of=4, volumes=mounts("db-0"), cpu="300m"),
        waits("db-3", (1, CPU), (1, CORDONED), (1, LIMIT), (1, ZONES), of=4, volumes=mounts("db-0"), cpu="150m"),
        waits("db-2", (2, CPU), (1, CORDONED), (1, LIMIT), of=4, volumes=mounts("db-2")),
        waits("eph", 'persistentvolumeclaim "eph-tmp" not found', of=4, volumes=ephemeral),
    ]


def claims():
    """Claims to be bound at once, whose volume is gone, that are not there, and a local one without a volume."""
    local = one(
        "StorageClass", "local", provisioner="kubernetes.io/no-provisioner", volumeBindingMode="WaitForFirstConsumer"
    )
    now = one("StorageClass", "now", provisioner="ebs.csi.aws.com", volumeBindingMode="Immediate")

    def claim(name, **spec):
        base = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
        return one("PersistentVolumeClaim", name, "shop", spec={**base, **spec}, status={"phase": "Pending"})

    on_n1 = {"matchExpressions": [{"key": HOST, "operator": "In", "values": ["n1"]}]}
    disk = {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "local", "local": {}}
    disk["nodeAffinity"] = {"required": {"nodeSelectorTerms": [on_n1]}}
    large = {**disk, "capacity": {"storage": "20Gi"}}
    return [
        *(node("n1", cpu="1"), node("n2")),
        *(local, now, claim("cache", storageClassName="local"), claim("late", storageClassName="now")),
        claim("lost", volumeName="gone"),
        one("PersistentVolume", "small", spec=disk, status={"phase": "Available"}),
        one("PersistentVolume", "large", spec=large, status={"phase": "Available"}),
        pod("full", "n1", cpu="900m"),
        waits("cache", (1, CPU), (1, NO_VOLUME), of=2, volumes=mounts("cache")),
        waits("late", "pod has unbound immediate PersistentVolumeClaims", of=2, volumes=mounts("late")),
        waits("none", 'persistentvolumeclaim "none" not found', of=2, volumes=mounts("none")),
    ]


def even():
    """Topology spread with minDomains, a node without the label, taints that are honoured, and versions apart."""
    c = node("c1", "c", taints=[GPU])
    bare = node("bare")
    del bare["metadata"]["labels"][ZONE]
    honour = {**spread("web"), "nodeTaintsPolicy": "Honor"}
    few = {**spread("api"), "minDomains": 4}
    new = {**spread("web"), "matchLabelKeys": ["pod-template-hash"]}
    old, fresh = {"app": "web", "pod-template-hash": "1"}, {"app": "web", "pod-template-hash": "2"}
    return [
        *(node("a1", "a"), node("b1", "b"), c, bare),
        pod("w1", "a1", labels=old, topologySpreadConstraints=[spread("web")]),
        pod("w2", "b1", labels=old, topologySpreadConstraints=[spread("web")]),
        pod("api", "a1", labels={"app": "api"}, topologySpreadConstraints=[few]),
        pod("api-b", "b1", labels={"app": "api"}, topologySpreadConstraints=[few]),
        # zones a and b have one each, c none, and c counts: it takes none of these
        waits(
            "w3",
            (2, SPREAD),
            (1, MISSING),
            (1, TAINTED.format("nvidia.com/gpu: present")),
            of=4,
            labels=old,
            topologySpreadConstraints=[spread("web")],
        ),
        # of four domains that are wanted there are three: the least is 0
        waits(
            "api-2",
            (2, SPREAD),
            (1, MISSING),
            (1, TAINTED.format("nvidia.com/gpu: present")),
            of=4,
            labels={"app": "api"},
            topologySpreadConstraints=[few],
        ),
        waits(
            "big",
            (2, CPU),
            (1, CPU),
            (1, TAINTED.format("nvidia.com/gpu: present")),
            of=4,
            labels=fresh,
            cpu="5",
            topologySpreadConstraints=[new],
        ),
        pod("takes", labels={"app": "web", "pod-template-hash": "3"}, topologySpreadConstraints=[honour]),
    ]


def apart_from_each_other():
    """Anti-affinity of the pod, and of those that run; over a zone and over hosts; namespaces that count."""
    everywhere = {"labelSelector": selector("db"), "topologyKey": ZONE, "namespaceSelector": {}}
    foreign = changed(pod("other", "b1", labels={"app": "db"}), namespace="data")
    return [
        *(node("a1", "a"), node("a2", "a"), node("b1", "b"), node("b2", "b", cpu="1")),
        *(one("Namespace", "shop"), one("Namespace", "data")),
        pod("lonely", "a1", labels={"app": "lonely"}, affinity=apart("web", ZONE)),
        *(foreign, pod("full", "b2", cpu="800m")),
        waits(
            "web",
            (2, OTHERS_APART),
            (1, CPU),
            (1, APART),
            of=4,
            labels={"app": "web"},
            affinity={"podAntiAffinity": {REQUIRED: [{**everywhere, "topologyKey": HOST}]}},
        ),
        waits(
            "db",
            (1, CPU),
            (1, APART),
            (2, SELECTED),
            of=4,
            labels={"app": "db"},
            nodeSelector={ZONE: "b"},
            affinity={"podAntiAffinity": {REQUIRED: [everywhere]}},
        ),
    ]


def near_to_others():
    """Affinity to pods of which the nodes are full, to pods that are nowhere, and the first of a group."""
    bare = node("bare")
    del bare["metadata"]["labels"][ZONE]
    first = {"labels": {"app": "first"}, "affinity": near("first", ZONE)}
    return [
        *(node("a1", "a", cpu="1"), node("b1", "b"), node("b2", "b"), bare),
        pod("cache", "a1", cpu="800m", labels={"app": "cache"}),
        waits("web", (1, CPU), (3, NEAR), of=4, labels={"app": "web"}, affinity=near("cache", ZONE)),
        waits("lost", (3, NEAR), (1, CPU), of=4, affinity=near("nobody", ZONE)),
        waits("first", (4, CPU), of=4, cpu="8", **first),
        waits("bare", (1, NEAR), (3, SELECTED), of=4, nodeSelector={HOST: "bare"}, **first),
        pod("alone", labels={"app": "alone"}, affinity=near("alone", ZONE)),
    ]


def ports_of_hosts():
    """Host ports: of one address, of all, of another protocol, and of the network of the host."""

    def port(number, **more):
        return [{"name": "c", "resources": {"requests": {"cpu": "100m"}}, "ports": [{"containerPort": number, **more}]}]

    def with_ports(made, containers):
        made["spec"]["containers"] = containers
        return made

    return [
        *(node("n1"), node("n2"), node("n3", unschedulable=True)),
        with_ports(pod("dns", "n1"), port(53, hostPort=53, protocol="UDP")),
        with_ports(pod("in", "n1"), port(443, hostPort=443, hostIP="10.0.0.1")),
        with_ports(pod("host", "n2", hostNetwork=True), port(443)),
        with_ports(waits("tcp", (1, CORDONED), (2, PORTS), of=3), port(443, hostPort=443)),
        with_ports(
            waits("udp", (1, CORDONED), (2, PORTS), of=3),
            [*port(53, hostPort=53, protocol="UDP"), *port(443, hostPort=443)],
        ),
    ]


def daemons_and_static():
    """A pod of a DaemonSet for a full node, which others' nodes are not for; static pods count on theirs; Windows."""

    def pinned(name):
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name]}]}
        return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [term]}}}

    agent = waits("agent", (1, CPU), (2, SELECTED), of=3, affinity=pinned("n1"), tolerations=[{"operator": "Exists"}])
    agent["metadata"]["ownerReferences"] = [{"kind": "DaemonSet", "name": "agent", "controller": True}]
    static = changed(
        pod("etcd", "n1", cpu="3600m"), annotations={"kubernetes.io/config.mirror": "x"}, ownerReferences=[]
    )
    windows = waits(
        "iis",
        (2, SELECTED),
        (1, TAINTED.format("nvidia.com/gpu: present")),
        of=3,
        nodeSelector={"kubernetes.io/os": "windows"},
        os={"name": "windows"},
    )
    linux = {"kubernetes.io/os": "linux"}
    return [
        node("n1", labels=linux),
        node("n2", labels=linux),
        node("n3", labels=linux, taints=[GPU]),
        static,
        agent,
        windows,
    ]


def requests_of_all_kinds():
    """Overhead of a runtime class, sidecars, init containers, pod-level requests, ephemeral containers, a resize."""

    def box(name, cpu, **more):
        return {"name": name, "resources": {"requests": {"cpu": cpu}}, **more}

    def holding(made, containers, **spec):
        made["spec"] |= {"containers": containers, **spec}
        return made

    kata = holding(
        waits("kata", (2, CPU), of=2), [box("c", "1900m")], overhead={"cpu": "250m"}, runtimeClassName="kata"
    )
    sidecar = [box("mesh", "500m", restartPolicy="Always"), box("migrate", "1600m")]
    mesh = holding(waits("mesh", (2, CPU), of=2), [box("c", "100m")], initContainers=sidecar)
    whole = holding(waits("whole", (2, CPU), of=2), [box("c", "100m")], resources={"requests": {"cpu": "2100m"}})
    fits = holding(pod("fits"), [box("c", "1900m")], ephemeralContainers=[box("debug", "9")])
    grows = pod("grows", "n1", cpu="1")
    grows["status"]["containerStatuses"] = [
        {"name": "c", "allocatedResources": {"cpu": "1"}, "resources": {"requests": {"cpu": "2"}}}
    ]
    grows["status"]["conditions"] = [{"type": "PodResizeInProgress", "status": "True"}]
    shrinks = pod("hopeless", "n2", cpu="9")
    shrinks["status"]["containerStatuses"] = [
        {"name": "c", "allocatedResources": {"cpu": "2"}, "resources": {"requests": {"cpu": "2"}}}
    ]
    shrinks["status"]["conditions"] = [{"type": "PodResizePending", "status": "True", "reason": "Infeasible"}]
    return [node("n1"), node("n2"), grows, shrinks, kata, mesh, whole, fits]


def pages_and_room():
    """Huge pages, ephemeral storage, and the number of pods."""
    small, large = node("n1"), node("n2")
    small["status"]["allocatable"] |= {"hugepages-2Mi": "64Mi", "ephemeral-storage": "10Gi", "pods": "2"}
    large["status"]["allocatable"] |= {"ephemeral-storage": "100Gi"}
    dpdk = waits("dpdk", (2, "Insufficient hugepages-2Mi"), (1, PODS), of=2)
    dpdk["spec"]["containers"][0]["resources"]["requests"]["hugepages-2Mi"] = "128Mi"
    logs = waits("logs", (1, PODS), (2, "Insufficient ephemeral-storage"), of=2)
    logs["spec"]["containers"][0]["resources"]["requests"]["ephemeral-storage"] = "200Gi"
    return [small, large, pod("a", "n1"), pod("b", "n1"), dpdk, logs]


def gates_and_priorities():
    """Scheduling gates; a pod that never preempts; one that ended and one that is being deleted."""
    gated = pod("gated", schedulingGates=[{"name": "example.com/quota"}])
    gated["status"]["conditions"] = [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "SchedulingGated",
            "message": "Scheduling is blocked due to non-empty scheduling gates",
        }
    ]
    done = pod("done", "n1", cpu="4")
    done["status"]["phase"] = "Succeeded"
    ending = changed(pod("ending", "n1", cpu="3600m"), deletionTimestamp="2026-01-01T00:00:00Z")
    polite = waits("polite", (1, CPU), of=1, priority=1000, preemptionPolicy="Never", cpu="1")
    return [node("n1"), done, ending, gated, polite, one("ResourceQuota", "q", "shop", spec={"hard": {"pods": "10"}})]


def expressions():
    """Terms of node affinity: any of them, numbers, labels that are not there, and fields beside labels."""

    def term(*told):
        return {"matchExpressions": [dict(zip(("key", "operator", "values"), x, strict=False)) for x in told]}

    def on(*terms):
        return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}

    sizes = {"cores": "8", "disk": "ssd"}
    return [
        *(
            node("n1", labels=sizes, cpu="1"),
            node("n2", labels={"cores": "16"}),
            node("n3", labels={"disk": "hdd", "cores": "x"}),
        ),
        pod("full", "n1", cpu="900m"),
        waits(
            "any",
            (1, CPU),
            (2, SELECTED),
            of=3,
            affinity=on(term(("disk", "In", ["ssd"])), term(("cores", "Lt", ["8"]))),
        ),
        waits("none", (3, SELECTED), of=3, affinity=on(term(("cores", "Gt", ["16"])), {})),
        waits(
            "not",
            (2, SELECTED),
            (1, CPU),
            of=3,
            cpu="500m",
            affinity=on(term(("disk", "NotIn", ["hdd"]), ("disk", "Exists"))),
        ),
        waits("both", (3, SELECTED), of=3, nodeSelector={"disk": "hdd"}, affinity=on(term(("cores", "DoesNotExist")))),
    ]


def one_claim_of_many():
    """A claim that one pod at a time may use, one that several share at the limit of their nodes."""
    alone = zonal("alone", "a")
    alone[1]["spec"]["accessModes"] = ["ReadWriteOncePod"]
    reason = "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
    return [
        *(node("a1", "a"), node("a2", "a"), node("b1", "b"), drivers("a1", 2), drivers("a2", 1), drivers("b1", 5)),
        *(*alone, *zonal("shared", "a"), *zonal("more", "a")),
        pod("first", "a1", volumes=mounts("alone", "shared")),
        pod("third", "a2", volumes=mounts("more")),
        waits("second", (3, reason), of=3, volumes=mounts("alone")),
        pod("full", "a1", cpu="3"),
        waits("reader", (1, LIMIT), (1, ZONES), (1, CPU), of=3, cpu="1", volumes=mounts("shared")),
        pod("beside", volumes=mounts("shared")),
    ]


def versions_apart():
    """Anti-affinity and spread of the versions of one application, over hosts, while another version still runs."""
    key = ["pod-template-hash"]
    term = {"labelSelector": selector("web"), "topologyKey": HOST}
    old, new = {"app": "web", key[0]: "1"}, {"app": "web", key[0]: "2"}
    same = {"podAntiAffinity": {REQUIRED: [{**term, "matchLabelKeys": key}]}}
    other = {"podAntiAffinity": {REQUIRED: [{**term, "mismatchLabelKeys": key}]}}
    return [
        *(node("n1"), node("n2"), node("n3", cpu="1")),
        *(pod("o1", "n1", labels=old, affinity=same), pod("n1", "n2", labels=new, affinity=same)),
        *(pod("full", "n3", cpu="900m"), pod("filler", "n1", cpu="200m")),
        waits("n2", (1, APART), (2, CPU), of=3, cpu="3400m", labels=new, affinity=same),
        waits("exclusive", (1, APART), (1, OTHERS_APART), (1, CPU), of=3, cpu="200m", labels=new, affinity=other),
    ]


DUMPS = {
    made.__name__: made
    for made in (
        *(control_plane, gpus, zones_of_volumes, claims, even, apart_from_each_other, near_to_others),
        *(ports_of_hosts, daemons_and_static, requests_of_all_kinds, pages_and_room, gates_and_priorities),
        *(expressions, one_claim_of_many, versions_apart),
    )
}
