package io.sparktron.preflight;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The Linux control group that limits the memory of a process, most often its container. Shared memory counts there, for the process that first
 * touches it.
 *
 * @param name of the group whose limit is the lowest, or of the process's own where there is none
 * @param limit bytes, or {@link #NONE}
 */
record ControlGroup(String name, long limit) implements Serializable {
    static final long NONE = Long.MAX_VALUE;

    /** Version 1 writes no limit as the largest number of pages. */
    private static final long HUGE = 1L << 60;

    /** That of this process. */
    static ControlGroup current() throws IOException {
        return of(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
    }

    /**
     * @param membership a line for each hierarchy, {@code ID:CONTROLLERS:PATH}
     * @param root where the hierarchies are mounted
     */
    static ControlGroup of(Path membership, Path root) throws IOException {
        ControlGroup group = new ControlGroup("/", NONE);
        for (String line : Files.readAllLines(membership)) {
            String[] parts = line.split(":", 3);
            if (parts[1].isEmpty()) {
                group = lowest(group, root, parts[2], "memory.max");
            } else if (parts[1].equals("memory")) {
                group = lowest(group, root.resolve("memory"), parts[2], "memory.limit_in_bytes");
            }
        }
        return group;
    }

    /** A group is also held to the limits of the groups around it. Inside a container, {@code path} may not be there: then the mount is the group. */
    private static ControlGroup lowest(ControlGroup known, Path mount, String path, String file) throws IOException {
        ControlGroup lowest = known;
        for (Path at = mount.resolve(path.substring(1)); at != null && at.startsWith(mount); at = at.getParent()) {
            Optional<Long> limit = limit(at.resolve(file));
            if (limit.isPresent() && limit.get() < lowest.limit) {
                lowest = new ControlGroup("/" + mount.relativize(at), limit.get());
            }
        }
        return lowest;
    }

    private static Optional<Long> limit(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file).strip();
        return text.equals("max") || Long.parseLong(text) > HUGE ? Optional.empty() : Optional.of(Long.parseLong(text));
    }
}
