"""Readers and writers, one file a format."""

from vmopt.io.alibaba_gpu import read_alibaba_gpu
from vmopt.io.alibaba_requests import read_alibaba_requests
from vmopt.io.btrplace import read_btrplace
from vmopt.io.cloud_balancing import read_cloud_balancing
from vmopt.io.csv_pair import read_csv, write_csv
from vmopt.io.dispatch import read, write
from vmopt.io.fingerprint import fingerprint
from vmopt.io.huawei import read_huawei
from vmopt.io.json_allocation import read_allocation
from vmopt.io.json_instance import read_json, write_json
from vmopt.io.json_requests import read_requests, write_requests
from vmopt.io.json_solution import read_solution, write_solution
from vmopt.io.kmkp import read_kmkp
from vmopt.io.network_file import read_network, write_network
from vmopt.io.or_library import read_mknap, read_mkp
from vmopt.io.placement_file import read_placement, read_start
from vmopt.io.roadef import read_roadef
from vmopt.io.schemas import schema
from vmopt.io.traffic_file import read_traffic, write_traffic
from vmopt.io.vector_packing import parse_vbp, read_vbp

__all__ = [
    "fingerprint",
    "parse_vbp",
    "read",
    "read_alibaba_gpu",
    "read_alibaba_requests",
    "read_allocation",
    "read_btrplace",
    "read_cloud_balancing",
    "read_csv",
    "read_huawei",
    "read_json",
    "read_kmkp",
    "read_mknap",
    "read_mkp",
    "read_network",
    "read_placement",
    "read_requests",
    "read_roadef",
    "read_solution",
    "read_start",
    "read_traffic",
    "read_vbp",
    "schema",
    "write",
    "write_csv",
    "write_json",
    "write_network",
    "write_requests",
    "write_solution",
    "write_traffic",
]
