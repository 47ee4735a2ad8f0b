package io.sparktron.rank;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The Linux control group that limits the memory of a process, most often its container. Shared memory counts there, for the process that first
 * touches it.
 *
 * @param name of the group whose limit is the lowest, or {@code /} where there is none
 * @param limit bytes, or {@link #NONE}
 */
public record ControlGroup(String name, long limit) implements Serializable {
    public static final long NONE = Long.MAX_VALUE;

    private static final ControlGroup UNLIMITED = new ControlGroup("/", NONE);
    private static final Path MEMBERSHIP = Path.of("/proc/self/cgroup");
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    /** Version 1 writes no limit as the largest number of pages. */
    private static final long HUGE = 1L << 60;

    /** The two versions of the interface, which differ in the names of their files. */
    private enum Version {
        ONE("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        TWO("memory.max", "memory.current", "inactive_file");

        private final String limit;
        private final String used;
        private final String cache;

        Version(String limit, String used, String cache) {
            this.limit = limit;
            this.used = used;
            this.cache = cache;
        }
    }

    /** A group with a limit, by its folder. */
    private record Limited(ControlGroup group, Path folder, Version version) {
        /** Bytes that the processes of the group may take together before one of them is killed. */
        long left() throws IOException {
            long used = number(folder.resolve(version.used)).orElse(0L);
            return Math.max(0, group.limit - used + cache());
        }

        /** Pages of files that are given back when memory is needed. */
        private long cache() throws IOException {
            Path statistics = folder.resolve("memory.stat");
            if (!Files.isReadable(statistics)) {
                return 0;
            }
            return Files.readAllLines(statistics).stream()
                    .map(line -> line.split(" ", 2))
                    .filter(parts -> parts.length == 2 && parts[0].equals(version.cache))
                    .mapToLong(parts -> Long.parseLong(parts[1].strip()))
                    .sum();
        }
    }

    /** The one that limits this process most. */
    public static ControlGroup current() throws IOException {
        return of(MEMBERSHIP, ROOT);
    }

    /** Bytes that the groups of this process leave it and its neighbours in them, or {@link #NONE}. */
    public static long left() throws IOException {
        return left(MEMBERSHIP, ROOT);
    }

    /**
     * @param membership a line for each hierarchy, {@code ID:CONTROLLERS:PATH}
     * @param root where the hierarchies are mounted
     */
    static ControlGroup of(Path membership, Path root) throws IOException {
        return limited(membership, root).stream()
                .map(Limited::group)
                .min(Comparator.comparingLong(ControlGroup::limit))
                .orElse(UNLIMITED);
    }

    /** The group with the lowest limit is not always the fullest. */
    static long left(Path membership, Path root) throws IOException {
        long least = NONE;
        for (Limited limited : limited(membership, root)) {
            least = Math.min(least, limited.left());
        }
        return least;
    }

    private static List<Limited> limited(Path membership, Path root) throws IOException {
        List<Limited> found = new ArrayList<>();
        for (String line : Files.readAllLines(membership)) {
            String[] parts = line.split(":", 3);
            if (parts[1].isEmpty()) {
                addAll(found, root, parts[2], Version.TWO);
            } else if (parts[1].equals("memory")) {
                addAll(found, root.resolve("memory"), parts[2], Version.ONE);
            }
        }
        return found;
    }

    /** A group is also held to the limits of the groups around it. Inside a container, {@code path} may not be there: then the mount is the group. */
    private static void addAll(List<Limited> found, Path mount, String path, Version version) throws IOException {
        for (Path at = mount.resolve(path.substring(1)); at != null && at.startsWith(mount); at = at.getParent()) {
            Optional<Long> limit = number(at.resolve(version.limit)).filter(bytes -> bytes <= HUGE);
            if (limit.isPresent()) {
                found.add(new Limited(new ControlGroup("/" + mount.relativize(at), limit.get()), at, version));
            }
        }
    }

    /** Empty where there is no such file, or it says {@code max}. */
    private static Optional<Long> number(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file).strip();
        return text.equals("max") ? Optional.empty() : Optional.of(Long.parseLong(text));
    }
}
