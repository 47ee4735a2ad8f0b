package io.sparktron.rank;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The memory of a Linux host, by its {@code /proc/meminfo}. */
public final class HostMemoryInfo {
    private static final Path FILE = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private HostMemoryInfo() {}

    /** Bytes of this host that can be had without swapping. */
    public static long available() throws IOException {
        return available(Files.readAllLines(FILE));
    }

    static long available(List<String> lines) throws IOException {
        return lines.stream()
                .filter(line -> line.startsWith(AVAILABLE))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow(() -> new IOException(FILE + " does not say " + AVAILABLE));
    }
}
