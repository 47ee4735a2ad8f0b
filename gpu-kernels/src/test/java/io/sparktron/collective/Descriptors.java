package io.sparktron.collective;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process holds of the system for its ranks: connections, shared memory, and what watches them. */
final class Descriptors {
    private Descriptors() {}

    static long open() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(Descriptors::isOfRanks).count();
        }
    }

    private static boolean isOfRanks(Path file) {
        try {
            String target = Files.readSymbolicLink(file).toString();
            return target.contains("sparktron-") || target.startsWith("socket:") || target.contains("[event");
        } catch (IOException e) {
            return false; // the descriptor of this very listing
        }
    }
}
