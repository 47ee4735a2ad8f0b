package io.sparktron.preflight;

import io.sparktron.rank.ControlGroup;
import io.sparktron.rank.HostMemoryInfo;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * The machine as a rank's process sees it.
 *
 * @param cores that the process may use
 * @param processor its maker, family and model, and the instruction sets that decide which kernels run
 * @param availableMemory of the host, that can be had without swapping, bytes
 * @param group that limits its memory
 * @param heap largest Java heap, bytes
 */
record Machine(int cores, String processor, long availableMemory, ControlGroup group, long heap)
        implements Serializable {
    private static final List<String> WIDE = List.of("avx", "fma", "amx");

    /** This one. */
    static Machine current() throws IOException {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                processor(Files.readAllLines(Path.of("/proc/cpuinfo"))),
                HostMemoryInfo.available(),
                ControlGroup.current(),
                Runtime.getRuntime().maxMemory());
    }

    static String processor(List<String> cpuinfo) {
        TreeSet<String> wide = new TreeSet<>();
        for (String flag : value(cpuinfo, "flags").split(" ")) {
            if (WIDE.stream().anyMatch(flag.toLowerCase(Locale.ROOT)::startsWith)) {
                wide.add(flag);
            }
        }
        return value(cpuinfo, "vendor_id") + " family " + value(cpuinfo, "cpu family") + " model "
                + value(cpuinfo, "model") + " with " + String.join(" ", wide);
    }

    /** Of the first line {@code NAME : VALUE}. */
    private static String value(List<String> lines, String name) {
        return lines.stream()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2 && parts[0].strip().equals(name))
                .map(parts -> parts[1].strip())
                .findFirst()
                .orElse("unknown");
    }
}
