package io.sparktron.preflight;

import static io.sparktron.preflight.Situations.ONE_THREAD;
import static io.sparktron.preflight.Situations.machine;
import static io.sparktron.preflight.Situations.process;
import static io.sparktron.preflight.Situations.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.preflight.Finding.Level;
import io.sparktron.rank.ControlGroup;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ranks of one host need together, and how a host tells what it has. */
class HostChecksTest {
    private static final long GIB = 1L << 30;
    private static final TrainingMemory NEED =
            new TrainingMemory(GIB / 2, GIB / 2, GIB, 0, 0, 0, 0, DeviceConfig.Kind.HOST);

    private static final long SAMPLES = 300L << 20;

    @TempDir
    Path folder;

    private static List<Finding> of(DeviceConfig device, RankReport... reports) {
        return new HostChecks(List.of(reports), Optional.of(NEED), SAMPLES, device).findings();
    }

    private static Finding only(String check, List<Finding> findings) {
        List<Finding> named = findings.stream()
                .filter(finding -> finding.check().equals(check))
                .toList();
        assertThat(named).hasSize(1);
        return named.get(0);
    }

    @Test
    void theRanksOfAHostShareItsMemoryAndCores() {
        Machine fits = machine(2, 4 * GIB, ControlGroup.NONE);
        List<Finding> two = of(ONE_THREAD, report(0, process("a", 1), fits), report(1, process("a", 2), fits));
        assertThat(two).extracting(Finding::level).containsOnly(Level.OK);

        Machine tight = machine(2, 4 * GIB - 1, ControlGroup.NONE);
        Finding memory = only(
                "host memory", of(ONE_THREAD, report(0, process("a", 1), fits), report(1, process("a", 2), tight)));
        assertThat(memory.level()).isEqualTo(Level.PROBLEM);
        assertThat(memory.found()).contains("host a").contains("2 ranks need 4.0 GiB");
        assertThat(memory.fix()).contains("fewer ranks on a host");
    }

    @Test
    void hostsAreLookedAtOneByOne() {
        List<Finding> findings = of(
                ONE_THREAD,
                report(0, process("a", 1), machine(1, 2 * GIB, ControlGroup.NONE)),
                report(1, process("b", 1), machine(1, GIB, ControlGroup.NONE)));
        assertThat(findings)
                .filteredOn(finding -> finding.level().stops())
                .singleElement()
                .satisfies(problem -> assertThat(problem.found()).startsWith("host b"));
    }

    @Test
    void aContainerHoldsTensorsAndHeaps() {
        long all = 2 * (GIB + (NEED.overheadMiB(1, 1, GIB) << 20));
        Machine full = machine(2, 64 * GIB, all);
        Machine heapsDoNotFit = machine(2, 64 * GIB, all - 1);
        Machine tensorsDoNotFit = machine(2, 64 * GIB, 4 * GIB - 1);
        assertThat(container(full).level()).isEqualTo(Level.OK);
        assertThat(container(heapsDoNotFit).level()).isEqualTo(Level.WARNING);
        Finding problem = container(tensorsDoNotFit);
        assertThat(problem.level()).isEqualTo(Level.PROBLEM);
        assertThat(problem.found()).contains("/kubepods/pod1").contains("allows 4.0 GiB");
        assertThat(problem.fix()).startsWith("--conf spark.executor.memoryOverhead=3g ");
    }

    private static Finding container(Machine machine) {
        return only(
                "container memory",
                of(ONE_THREAD, report(0, process("a", 1), machine), report(1, process("a", 2), machine)));
    }

    @Test
    void theHeapHoldsTheSamplesOfItsRanks() {
        Machine machine = machine(4, 64 * GIB, ControlGroup.NONE); // a heap of 1 GiB
        assertThat(of(ONE_THREAD, report(0, process("a", 1), machine), report(1, process("a", 1), machine)))
                .extracting(Finding::level)
                .containsOnly(Level.OK);
        Finding three = only(
                "heap",
                of(
                        ONE_THREAD,
                        report(0, process("a", 1), machine),
                        report(1, process("a", 1), machine),
                        report(2, process("a", 1), machine)));
        assertThat(three.level()).isEqualTo(Level.PROBLEM);
        assertThat(three.found()).contains("3 ranks").contains("1.1 GiB");
        assertThat(three.fix()).isEqualTo("--conf spark.executor.memory=2g");
    }

    @Test
    void warnsOfMoreThreadsThanCores() {
        Machine machine = machine(4, 64 * GIB, ControlGroup.NONE);
        RankReport[] ranks = {report(0, process("a", 1), machine), report(1, process("a", 2), machine)};
        Finding three = only("cores", of(new DeviceConfig(DeviceConfig.Kind.HOST, 3), ranks));
        assertThat(three.level()).isEqualTo(Level.WARNING);
        assertThat(three.fix()).isEqualTo("--set device.threads=2");
        assertThat(only("cores", of(new DeviceConfig(DeviceConfig.Kind.HOST, 2), ranks))
                        .level())
                .isEqualTo(Level.OK);
        assertThat(only("cores", of(new DeviceConfig(DeviceConfig.Kind.AUTO, DeviceConfig.SHARE_OF_HOST), ranks))
                        .level())
                .isEqualTo(Level.OK);
        Machine single = machine(1, 64 * GIB, ControlGroup.NONE);
        Finding crowded =
                only("cores", of(ONE_THREAD, report(0, process("a", 1), single), report(1, process("a", 2), single)));
        assertThat(crowded.fix()).isEqualTo("fewer ranks on a host");
    }

    @Test
    void readsTheProcessorOfTheKernelsPages() throws IOException {
        assertThat(Machine.processor(List.of(
                        "vendor_id : GenuineIntel",
                        "cpu family : 6",
                        "model : 85",
                        "model name : some",
                        "flags : fpu sse2 fma avx2 avx512f avx")))
                .isEqualTo("GenuineIntel family 6 model 85 with avx avx2 avx512f fma");
        Machine here = Machine.current();
        assertThat(here.cores()).isPositive();
        assertThat(here.availableMemory()).isGreaterThan(1 << 20);
        assertThat(here.processor()).doesNotContain("unknown");
    }
}
