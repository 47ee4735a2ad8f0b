package io.sparktron.command;

import static io.sparktron.command.Readers.LAYOUTS;
import static io.sparktron.command.Readers.RANKS;
import static io.sparktron.command.Readers.TRAINING;

import io.sparktron.job.AddressChoice;
import io.sparktron.job.HostsBy;
import io.sparktron.job.PortRange;
import io.sparktron.train.DeviceConfig;
import java.util.List;

/** Where a job runs: its folder, its devices, its hosts, and how long it waits. */
final class JobKeys {
    private static final KeyTable TABLE = new KeyTable();

    static final Key<String> RUN_DIR = TABLE.needed(
            "run.dir",
            ValueType.PATH,
            "run folder: run.json, metrics.jsonl, checkpoints; quickstart: the folder of everything, else ./quickstart",
            TRAINING);
    static final Key<DeviceConfig.Kind> DEVICE_KIND = TABLE.with(
            "device.kind",
            ValueType.choice(List.of(DeviceConfig.Kind.values())),
            "",
            "auto",
            "where the model runs: on GPUs (cuda), on processors (host), or on GPUs if every rank has one of its own (auto); plan takes auto for host",
            LAYOUTS);
    static final Key<Integer> DEVICE_THREADS = TABLE.unset(
            "device.threads",
            ValueType.integer(1),
            "threads",
            "cores / ranks on the host",
            "host threads of a rank; part of the layout, since it decides the order of sums",
            LAYOUTS);
    static final Key<Boolean> REPRODUCIBLE = TABLE.with(
            "device.reproducible",
            ValueType.FLAG,
            "",
            "true",
            "whether NCCL adds in the same order in every run (its ring, its simple protocol), so that bits repeat; false lets it choose what is quickest",
            RANKS);

    static final Key<Integer> SLOT_TIMEOUT = TABLE.with(
            "job.slot-timeout",
            ValueType.integer(1),
            "seconds",
            "300",
            "how long to wait for the executors of all ranks; preflight waits 120 unless told",
            RANKS);
    static final Key<Integer> PEER_TIMEOUT = TABLE.with(
            "job.peer-timeout",
            ValueType.integer(1),
            "seconds",
            "60",
            "how long a rank waits for a peer that makes no step at all",
            RANKS);
    static final Key<Integer> RETRIES = TABLE.with(
            "job.retries",
            ValueType.integer(0),
            "retries",
            "3",
            "how often a run goes on by itself after ranks were lost, without a new checkpoint in between",
            TRAINING);
    static final Key<Integer> RETRY_WAIT = TABLE.with(
            "job.retry-wait",
            ValueType.integer(0),
            "seconds",
            "2",
            "wait before the first retry; doubled for each further one, up to 60",
            TRAINING);
    static final Key<HostsBy> HOST_IDENTITY = TABLE.with(
            "job.host-identity",
            ValueType.choice(List.of(HostsBy.values())),
            "",
            "kernel",
            "what counts as a host: a running kernel, or each address of a Worker (to try what crosses hosts)",
            RANKS);
    static final Key<AddressChoice> ADDRESS = TABLE.unset(
            "job.address",
            ValueType.ADDRESS,
            "",
            "where Spark reaches the executor",
            "which address of its host a rank listens on for ranks of other hosts",
            RANKS);
    static final Key<PortRange> PORTS = TABLE.unset(
            "job.ports",
            ValueType.PORTS,
            "",
            "any free port",
            "ports that ranks listen on for ranks of other hosts; at least as many as a host has ranks",
            RANKS);
    static final Key<Integer> CONNECT_TIMEOUT = TABLE.with(
            "job.connect-timeout",
            ValueType.integer(1),
            "seconds",
            "30",
            "how long a connection between two ranks may take to be made and let in",
            RANKS);

    private JobKeys() {}

    static List<Key<?>> all() {
        return TABLE.keys();
    }
}
