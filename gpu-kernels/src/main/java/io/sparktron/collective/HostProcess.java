package io.sparktron.collective;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A process of this host, told from a later one that got the same id.
 *
 * @param id process id
 * @param started when it started, in clock ticks since boot
 */
public record HostProcess(long id, long started) {
    private static final long ENDED = -1;

    /** This process. */
    public static HostProcess current() {
        long id = ProcessHandle.current().pid();
        return new HostProcess(id, startOf(id));
    }

    /** Whether it still runs; asked in its own process namespace only. */
    public boolean alive() {
        return startOf(id) == started;
    }

    /** Start of a running process, field 22 of its stat line. */
    private static long startOf(long process) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + process + "/stat"));
        } catch (NoSuchFileException e) {
            return ENDED;
        } catch (IOException e) {
            // A process that ends while its line is read answers with ESRCH.
            if (!Files.exists(Path.of("/proc/" + process))) {
                return ENDED;
            }
            throw new CommunicatorException("cannot read the state of process " + process + ": " + e, e);
        }
        // Field 2, the command in parentheses, may itself hold blanks and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        char state = fields[0].charAt(0);
        return state == 'Z' || state == 'X' ? ENDED : Long.parseLong(fields[22 - 3]);
    }
}
