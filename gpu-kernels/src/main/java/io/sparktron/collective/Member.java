package io.sparktron.collective;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A rank as its peers know it.
 *
 * @param process process id
 * @param started when the process started, in clock ticks since boot: tells it from a later one that got the same id
 * @param board its board: how a peer proves that it reaches this rank's memory
 * @param token a random number that stands on the board
 */
record Member(int rank, HostIdentity host, long process, long started, Segment.Handle board, long token) {
    private static final int FIELDS = 7;

    /** This process as a rank. */
    static Member self(int rank, Segment.Handle board, long token) {
        long process = ProcessHandle.current().pid();
        return new Member(rank, HostIdentity.current(), process, startOf(process), board, token);
    }

    /** For the rendezvous. */
    String encode() {
        return String.join(
                " ",
                "shared-memory",
                host.encode(),
                Long.toString(process),
                Long.toString(started),
                Integer.toString(board.descriptor()),
                Long.toString(board.bytes()),
                Long.toString(token));
    }

    /** The inverse of {@link #encode}. */
    static Member decode(int rank, String message) {
        String[] fields = message.split(" ");
        if (fields.length != FIELDS || !fields[0].equals("shared-memory")) {
            throw new CommunicatorException(
                    "rank " + rank + " sent '" + message
                            + "' to the rendezvous, which is not how a rank opens a shared memory communicator: do all ranks run the same program?");
        }
        return new Member(
                rank,
                HostIdentity.decode(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                new Segment.Handle(rank, 0, Integer.parseInt(fields[4]), Long.parseLong(fields[5])),
                Long.parseLong(fields[6]));
    }

    /** Whether the process still runs. */
    boolean alive() {
        return startOf(process) == started;
    }

    /** Start of a running process, field 22 of its stat line; -1 if it has ended. */
    private static long startOf(long process) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + process + "/stat"));
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            // A process that ends while its line is read answers with ESRCH.
            if (!Files.exists(Path.of("/proc/" + process))) {
                return -1;
            }
            throw new CommunicatorException("cannot read the state of process " + process + ": " + e, e);
        }
        // Field 2, the command in parentheses, may itself hold blanks and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        char state = fields[0].charAt(0);
        return state == 'Z' || state == 'X' ? -1 : Long.parseLong(fields[22 - 3]);
    }

    @Override
    public String toString() {
        return "world rank " + rank + ", process " + process + " on " + host.name();
    }
}
