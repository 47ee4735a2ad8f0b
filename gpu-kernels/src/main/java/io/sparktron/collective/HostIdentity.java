package io.sparktron.collective;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What ranks must have in common to share memory: one running kernel and one view of its processes. Names do not tell: the pods of one
 * machine have different ones, and two machines may have the same.
 *
 * @param boot the kernel's random id of its current boot
 * @param processes the process namespace, such as {@code pid:[4026531836]}; a container usually has its own
 * @param name for people
 */
public record HostIdentity(String boot, String processes, String name) implements Serializable {
    /** The identity of this process's host. */
    public static HostIdentity current() {
        try {
            return new HostIdentity(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString(),
                    Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
        } catch (IOException e) {
            throw new CommunicatorException("cannot tell which host this is, /proc is not readable: " + e, e);
        }
    }

    /** Whether processes of the two may share memory; that a mapping works is for the transport to try. */
    public boolean sharesMemoryWith(HostIdentity other) {
        return boot.equals(other.boot) && processes.equals(other.processes);
    }

    /** One word, for a rendezvous. */
    public String encode() {
        return boot + "/" + processes + "/" + name;
    }

    /** The inverse of {@link #encode}. */
    public static HostIdentity decode(String word) {
        String[] parts = word.split("/", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("host identity is '" + word
                    + "', must be boot id, process namespace and name, with / between them");
        }
        return new HostIdentity(parts[0], parts[1], parts[2]);
    }

    @Override
    public String toString() {
        return name + " (boot " + boot + ", processes " + processes + ")";
    }
}
