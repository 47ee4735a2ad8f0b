package io.sparktron.collective;

/**
 * A rank as its peers know it.
 *
 * @param board its board: how a peer proves that it reaches this rank's memory
 * @param token a random number that stands on the board
 */
record Member(int rank, HostIdentity host, HostProcess process, Segment.Handle board, long token) {
    private static final String KIND = "rank";
    private static final int FIELDS = 7;

    /** This process as a rank. */
    static Member self(int rank, HostIdentity host, Segment.Handle board, long token) {
        return new Member(rank, host, HostProcess.current(), board, token);
    }

    /** For the rendezvous. */
    String encode() {
        return String.join(
                " ",
                KIND,
                host.encode(),
                Long.toString(process.id()),
                Long.toString(process.started()),
                Integer.toString(board.descriptor()),
                Long.toString(board.bytes()),
                Long.toString(token));
    }

    /** The inverse of {@link #encode}. */
    static Member decode(int rank, String message) {
        String[] fields = message.split(" ");
        if (fields.length != FIELDS || !fields[0].equals(KIND)) {
            throw new CommunicatorException(
                    "rank " + rank + " sent '" + message
                            + "' to the rendezvous, which is not how a rank opens a communicator: do all ranks run the same program?");
        }
        return new Member(
                rank,
                HostIdentity.decode(fields[1]),
                new HostProcess(Long.parseLong(fields[2]), Long.parseLong(fields[3])),
                new Segment.Handle(rank, 0, Integer.parseInt(fields[4]), Long.parseLong(fields[5])),
                Long.parseLong(fields[6]));
    }

    /** Whether the process still runs. */
    boolean alive() {
        return process.alive();
    }

    @Override
    public String toString() {
        return "world rank " + rank + ", process " + process.id() + " on " + host.name();
    }
}
