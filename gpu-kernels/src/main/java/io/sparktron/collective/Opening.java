package io.sparktron.collective;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * How ranks that know only a rendezvous come to know each other: first who runs where; then, if that is more than one host, where each listens;
 * then each tries its ways to all others and says how that went. They all succeed or all fail.
 */
final class Opening implements AutoCloseable {
    private static final String DONE = "done ";

    private final String name;
    private final Rendezvous rendezvous;
    private final Network network;
    private final Duration timeLimit;
    private final int rank;
    private final int size;
    private final Segments segments;
    private final Board board;
    private final List<Member> members = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private Gate gate;
    private Map<Way, SocketChannel> connections = Map.of();
    private boolean opened;

    private Opening(String name, Rendezvous rendezvous, Network network, Duration timeLimit) {
        this.name = name;
        this.rendezvous = rendezvous;
        this.network = network;
        this.timeLimit = timeLimit;
        this.rank = rendezvous.rank();
        this.size = rendezvous.size();
        this.segments = new Segments(rank);
        this.board = new Board(segments.create("board", Board.BYTES, false));
    }

    /**
     * Meets all ranks.
     *
     * @param network null if all ranks must run on one host
     */
    static World open(String name, Rendezvous rendezvous, HostIdentity host, Network network, Duration timeLimit) {
        try (Opening opening = new Opening(name, rendezvous, network, timeLimit)) {
            return opening.meet(host);
        }
    }

    private World meet(HostIdentity host) {
        long token = ThreadLocalRandom.current().nextLong();
        board.writeToken(token);
        if (rank == 0) {
            writeSlots(size);
        }
        Member self = Member.self(rank, host, board.segment().handle(), token);
        List<String> messages = rendezvous.allGather(self.encode());
        // From here all ranks know the same, so they take the same way.
        for (int peer = 0; peer < size; peer++) {
            members.add(decode(peer, messages.get(peer)));
        }
        boolean severalHosts = !members.stream().allMatch(member -> isHere(member.rank()));
        if (severalHosts && network == null) {
            throw refusal(twoHosts());
        }
        InetSocketAddress[] addresses = new InetSocketAddress[size];
        if (severalHosts) {
            List<String> answers = gather(this::listen);
            for (int peer = 0; peer < size; peer++) {
                addresses[peer] = isHere(peer) ? null : address(answers.get(peer));
            }
        }
        gather(() -> {
            if (severalHosts) {
                connections = gate.connect(members, addresses);
            }
            for (int peer = 0; peer < size; peer++) {
                peers.add(peer(peer));
            }
            reachSlots();
            return "";
        });
        return world(addresses, severalHosts);
    }

    /** Does something that may fail on any rank, and fails if it did on one; else what it gave on each. */
    private List<String> gather(Supplier<String> part) {
        String answer;
        try {
            answer = DONE + part.get();
        } catch (RuntimeException e) {
            answer = "rank " + rank + ": " + e.getMessage();
        }
        List<String> answers = rendezvous.allGather(answer);
        for (String other : answers) {
            if (!other.startsWith(DONE)) {
                throw refusal(other);
            }
        }
        return answers.stream().map(other -> other.substring(DONE.length())).toList();
    }

    private CommunicatorException refusal(String why) {
        return new CommunicatorException("cannot open communicator " + name + ": " + why);
    }

    private Member decode(int peer, String message) {
        try {
            return Member.decode(peer, message);
        } catch (RuntimeException e) {
            throw refusal(e.getMessage());
        }
    }

    private boolean isHere(int peer) {
        return members.get(peer).host().sharesMemoryWith(members.get(rank).host());
    }

    private int firstHere() {
        int first = 0;
        while (!isHere(first)) {
            first++;
        }
        return first;
    }

    private String twoHosts() {
        Member first = members.get(0);
        Member other = members.stream()
                .filter(member -> !member.host().sharesMemoryWith(first.host()))
                .findFirst()
                .orElseThrow();
        return "rank " + first.rank() + " runs on host " + first.host() + " and rank " + other.rank() + " on host "
                + other.host() + "; its ranks share memory, so all must run on one host";
    }

    /** Makes the slots in which the ranks of this host meet. */
    private void writeSlots(int ranks) {
        board.writeSlots(segments.create("slots of " + name, GroupSlots.bytes(ranks), false)
                .handle());
    }

    /** Starts to listen; where. */
    private String listen() {
        int here =
                (int) members.stream().filter(member -> isHere(member.rank())).count();
        if (rank != 0 && rank == firstHere() && here > 1) {
            writeSlots(here);
        }
        gate = Gate.listen(rank, network);
        return gate.address().getAddress().getHostAddress() + " "
                + gate.address().getPort();
    }

    private static InetSocketAddress address(String answer) {
        String[] fields = answer.split(" ");
        try {
            return new InetSocketAddress(InetAddress.getByName(fields[0]), Integer.parseInt(fields[1]));
        } catch (UnknownHostException e) {
            throw new CommunicatorException("address " + fields[0] + " of a rank is none: " + e, e);
        }
    }

    private Peer peer(int peer) {
        Member member = members.get(peer);
        if (peer == rank) {
            return new LocalPeer(member, board);
        }
        if (!isHere(peer)) {
            return new RemotePeer();
        }
        Board theirs = new Board(new Segment(member.board(), segments.reach(member, member.board())));
        if (theirs.token() != member.token()) {
            throw new CommunicatorException("descriptor " + member.board().descriptor() + " of process "
                    + member.process().id() + " is not the board of " + member
                    + ": /proc shows another process namespace");
        }
        return new LocalPeer(member, theirs);
    }

    /** So that a rank that cannot is found now. */
    private void reachSlots() {
        int first = firstHere();
        if (members.stream().filter(member -> isHere(member.rank())).count() > 1) {
            segments.reach(
                    members.get(first), ((LocalPeer) peers.get(first)).board().slots());
        }
    }

    private World world(InetSocketAddress[] addresses, boolean severalHosts) {
        Board causes = ((LocalPeer) peers.get(firstHere())).board();
        if (!severalHosts) {
            opened = true;
            return new World(rank, timeLimit, members, peers, board, causes, segments, null, null);
        }
        SocketChannel[] data = new SocketChannel[size];
        SignalLine[] lines = new SignalLine[size];
        String[] texts = new String[size];
        for (int peer = 0; peer < size; peer++) {
            if (addresses[peer] != null) {
                int from = Math.max(rank, peer);
                int to = Math.min(rank, peer);
                data[peer] = connections.get(new Way(from, to, Way.Use.DATA));
                SocketChannel signals = connections.get(new Way(from, to, Way.Use.SIGNALS));
                lines[peer] = new SignalLine(peer, signals, (RemotePeer) peers.get(peer));
                texts[peer] = Gate.text(addresses[peer]);
            }
        }
        try {
            Links links = new Links(data, texts);
            Signals signals = new Signals(rank, board, causes, lines);
            opened = true;
            return new World(rank, timeLimit, members, peers, board, causes, segments, links, signals);
        } catch (IOException e) {
            throw refusal("rank " + rank + " cannot signal: " + e);
        }
    }

    /** Ends what served the opening alone; all of it, if that failed. */
    @Override
    public void close() {
        if (gate != null) {
            gate.close();
        }
        if (!opened) {
            connections.values().forEach(Gate::close);
            segments.close();
        }
    }
}
