package io.sparktron.preflight;

import io.sparktron.rank.ControlGroup;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Sizes;
import io.sparktron.train.TrainingMemory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the ranks of one host, or of one container, need together. */
final class HostChecks {
    /** What Spark itself needs of the heap of an executor, bytes. */
    private static final long SPARK_HEAP = 256L << 20;

    private final List<RankReport> reports;
    private final Optional<TrainingMemory> need;
    private final long samples;
    private final DeviceConfig device;

    /**
     * @param samples what a rank may keep of its datasets on the Java heap, bytes
     */
    HostChecks(List<RankReport> reports, Optional<TrainingMemory> need, long samples, DeviceConfig device) {
        this.reports = reports;
        this.need = need;
        this.samples = samples;
        this.device = device;
    }

    List<Finding> findings() {
        Set<Finding> findings = new LinkedHashSet<>();
        for (List<RankReport> host : grouped(report -> report.process().host())) {
            need.ifPresent(memory -> findings.add(hostMemory(host, memory)));
            findings.add(cores(host));
        }
        for (List<RankReport> group : grouped(
                report -> List.of(report.process().host(), report.machine().group()))) {
            need.ifPresent(memory -> findings.add(container(group, memory)));
        }
        findings.addAll(heaps());
        return new ArrayList<>(findings);
    }

    private Collection<List<RankReport>> grouped(Function<RankReport, Object> key) {
        Map<Object, List<RankReport>> groups = new LinkedHashMap<>();
        reports.forEach(report -> groups.computeIfAbsent(key.apply(report), first -> new ArrayList<>())
                .add(report));
        return groups.values();
    }

    private Finding hostMemory(List<RankReport> host, TrainingMemory memory) {
        String check = "host memory";
        long needed = host.size() * memory.onHost();
        long available = host.stream()
                .mapToLong(report -> report.machine().availableMemory())
                .min()
                .orElseThrow();
        String found = name(host) + " has " + Sizes.of(available) + " available, its " + Counts.of(host.size(), "rank")
                + " need " + Sizes.of(needed) + " for tensors";
        return available < needed
                ? Finding.problem(
                        check,
                        found,
                        "fewer ranks on a host, a larger parallel.tensor over more hosts, or a smaller --set train.micro-batch")
                : Finding.ok(check, found);
    }

    private Finding container(List<RankReport> group, TrainingMemory memory) {
        String check = "container memory";
        ControlGroup limits = group.get(0).machine().group();
        if (limits.limit() == ControlGroup.NONE) {
            return Finding.ok(check, name(group) + " sets no limit");
        }
        long tensors = group.size() * memory.onHost();
        int jvms = (int) group.stream()
                .map(report -> report.process().process())
                .distinct()
                .count();
        long heap = group.get(0).machine().heap();
        int ofJvm = group.size() / jvms;
        long overhead = memory.overheadMiB(ofJvm, threads(group), heap) << 20;
        long all = jvms * (overhead + heap);
        String found = "control group " + limits.name() + " of " + name(group) + " allows " + Sizes.of(limits.limit())
                + "; " + Counts.of(group.size(), "rank") + " need " + Sizes.of(tensors)
                + " for tensors, with full heaps "
                + Sizes.of(all);
        String fix = "--conf spark.executor.memoryOverhead="
                + Sizes.setting(overhead)
                + " where Spark sizes the container, else a limit of " + Sizes.of(all) + " for it";
        if (limits.limit() < tensors) {
            return Finding.problem(check, found, fix);
        }
        return limits.limit() < all ? Finding.warning(check, found, fix) : Finding.ok(check, found);
    }

    /** Samples are decoded on the Java heap, and wait there for the epochs to come to them. */
    private List<Finding> heaps() {
        return grouped(report -> report.process().process()).stream()
                .map(ranks -> heap(ranks.size(), ranks.get(0).machine().heap()))
                .distinct()
                .toList();
    }

    private Finding heap(int ranks, long heap) {
        long needed = SPARK_HEAP + ranks * samples;
        String found = "a Java heap of " + Sizes.of(heap) + "; Spark and the samples of " + Counts.of(ranks, "rank")
                + " need " + Sizes.of(needed);
        return heap < needed
                ? Finding.problem("heap", found, "--conf spark.executor.memory=" + Sizes.setting(needed))
                : Finding.ok("heap", found);
    }

    private Finding cores(List<RankReport> host) {
        int cores = host.get(0).machine().cores();
        int threads = threads(host);
        String found = name(host) + " has " + cores + " cores for " + Counts.of(host.size(), "rank") + " of "
                + Counts.of(threads, "thread");
        return cores < host.size() * threads
                ? Finding.warning(
                        "cores",
                        found + ", which slow each other down",
                        cores < host.size() ? "fewer ranks on a host" : "--set device.threads=" + cores / host.size())
                : Finding.ok("cores", found);
    }

    private int threads(List<RankReport> host) {
        return device.threads() == DeviceConfig.SHARE_OF_HOST
                ? Math.max(1, host.get(0).machine().cores() / host.size())
                : device.threads();
    }

    private static String name(List<RankReport> host) {
        return "host " + host.get(0).process().host().name();
    }
}
