package io.sparktron.collective;

import static io.sparktron.collective.Operands.read;
import static io.sparktron.collective.Operands.reduced;
import static io.sparktron.collective.Operands.tensor;
import static io.sparktron.collective.Operands.values;
import static io.sparktron.collective.Operands.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How ranks of different hosts find each other, what keeps them from it, and that nobody else gets in or in the way. */
@Timeout(60)
class GateTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(1_500);
    private static final String SECRET = "a secret";
    private static final int CHALLENGE_BYTES = 40;
    private static final int INTRODUCTION_BYTES = 80;

    private static Network network(String secret, Duration connectLimit) {
        return new Network("127.0.0.1", 0, 0, secret, connectLimit);
    }

    /** What a rank does, with a rendezvous of its own. */
    @FunctionalInterface
    private interface Opens {
        Communicator open(Rendezvous rendezvous);
    }

    private static Opens normally(Duration connectLimit) {
        return end -> open(end, network(SECRET, connectLimit));
    }

    private static Communicator open(Rendezvous end, Network network) {
        return Communicators.open("world", end, Place.host(end.rank()), network, LIMIT);
    }

    /** Opens each rank in its own way, lets the ranks add, and closes them; what made each fail, or null. */
    private static List<Throwable> failures(Opens... ranks) {
        ThreadRendezvous meeting = new ThreadRendezvous(ranks.length, LIMIT);
        List<FutureTask<Throwable>> tasks = new ArrayList<>();
        for (int rank = 0; rank < ranks.length; rank++) {
            Rendezvous end = meeting.end(rank);
            Opens opens = ranks[rank];
            FutureTask<Throwable> task = new FutureTask<>(() -> {
                try (HostDevice device = new HostDevice(1);
                        Communicator world = opens.open(end)) {
                    Tensor x = write(tensor(world.allocator(), 100_000), values(world.rank(), 100_000));
                    world.run(new Collective.AllReduce(Reduction.SUM, x), device.newQueue("compute"));
                    assertThat(read(x)).isEqualTo(reduced(Reduction.SUM, world.size(), 100_000));
                    return null;
                } catch (Exception | AssertionError e) {
                    return e;
                }
            });
            tasks.add(task);
            new Thread(task, "rank-" + rank).start();
        }
        return tasks.stream().map(GateTest::result).toList();
    }

    private static Throwable result(FutureTask<Throwable> task) {
        try {
            return task.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Changes what the ranks answer when they say where they listen, for this rank. */
    private static Rendezvous changing(Rendezvous end, UnaryOperator<List<String>> addresses) {
        return new Rendezvous() {
            private int calls;

            @Override
            public int rank() {
                return end.rank();
            }

            @Override
            public int size() {
                return end.size();
            }

            @Override
            public List<String> allGather(String message) {
                boolean interrupted = Thread.interrupted(); // which shall not break the meeting itself
                List<String> answers = end.allGather(message);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return ++calls == 2 ? addresses.apply(answers) : answers;
            }
        };
    }

    private static InetSocketAddress address(String answer) {
        String[] fields = answer.split(" ");
        return new InetSocketAddress(fields[1], Integer.parseInt(fields[2]));
    }

    /** Somebody who knows where rank 0 listens. */
    private static Socket stranger(String answer, byte[] says) {
        try {
            Socket socket = new Socket();
            socket.connect(address(answer));
            socket.getOutputStream().write(says);
            return socket;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Everything that the other end still sends before it closes the connection. */
    private static int bytesUntilClosed(Socket socket) throws IOException {
        socket.setSoTimeout((int) LIMIT.toMillis());
        try {
            return socket.getInputStream().readAllBytes().length;
        } catch (SocketException e) {
            assertThat(e).hasMessage("Connection reset"); // closed with something unread
            return 0;
        }
    }

    private static byte[] introduction(byte[] proof) {
        return ByteBuffer.allocate(INTRODUCTION_BYTES)
                .putLong(0x7370_6172_6b74_726fL)
                .putInt(1)
                .putInt(0)
                .put(Proof.challenge())
                .put(proof)
                .array();
    }

    @Test
    void strangersAreDroppedAndHarmNobody() throws IOException {
        List<Socket> strangers = new ArrayList<>();
        byte[] garbage = new byte[1 << 16];
        RandomGenerator.getDefault().nextBytes(garbage);
        assertThat(failures(
                        end -> open(
                                changing(end, answers -> {
                                    String gate = answers.get(0);
                                    strangers.add(stranger(gate, new byte[0]));
                                    strangers.add(stranger(gate, garbage));
                                    strangers.add(stranger(gate, "GET / HTTP/1.1\r\n\r\n".getBytes()));
                                    strangers.add(stranger(gate, introduction(new byte[Proof.BYTES])));
                                    for (int i = 0; i < 300; i++) {
                                        strangers.add(stranger(gate, new byte[1]));
                                    }
                                    return answers;
                                }),
                                network(SECRET, LIMIT)),
                        normally(LIMIT),
                        normally(LIMIT)))
                .containsOnlyNulls();
        for (Socket socket : strangers) {
            try (socket) {
                assertThat(bytesUntilClosed(socket)).isLessThanOrEqualTo(CHALLENGE_BYTES);
            }
        }
    }

    @Test
    void aStrangerThatHangsIsDroppedWithinTheLimitEvenIfARankDoesNotCome() throws IOException {
        List<Socket> strangers = new ArrayList<>();
        UnaryOperator<List<String>> elsewhere = answers -> {
            strangers.add(stranger(answers.get(0), new byte[0]));
            return List.of("done 127.0.0.1 1", answers.get(1));
        };
        List<Throwable> failures =
                failures(normally(SHORT), end -> open(changing(end, elsewhere), network(SECRET, SHORT)));
        assertThat(failures).doesNotContainNull();
        try (Socket socket = strangers.get(0)) {
            assertThat(bytesUntilClosed(socket)).isEqualTo(CHALLENGE_BYTES);
        }
    }

    @Test
    void aRankThatCannotBeReachedIsNamedWithBothEnds() {
        String here = "host1 at 127.0.0.1";
        UnaryOperator<List<String>> elsewhere = answers -> List.of("done 127.0.0.1 1", answers.get(1));
        assertThat(failures(normally(SHORT), end -> open(changing(end, elsewhere), network(SECRET, SHORT))))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessageContaining(
                                "cannot open communicator world: rank 1: cannot reach world rank 0, process ")
                        .hasMessageContaining(
                                " on host0 at 127.0.0.1:1 from " + here + " within 1.5 s: Connection refused")
                        .hasMessageContaining("job.address")
                        .hasMessageContaining("job.ports"));
    }

    @Test
    void whoeverAnswersInsteadOfARankIsNamed() throws IOException {
        byte[] wrong = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes();
        assertThat(failureAgainst(wrong)).hasMessageContaining(": the other end is no rank; ");
        assertThat(failureAgainst(new byte[0])).hasMessageContaining(": no answer; ");
        byte[] challengeAndWrongAnswer = ByteBuffer.allocate(CHALLENGE_BYTES + Proof.BYTES)
                .putLong(0x7370_6172_6b74_726fL)
                .put(Proof.challenge())
                .array();
        assertThat(failureAgainst(challengeAndWrongAnswer))
                .hasMessageContaining(": the other end does not know the secret, so is no rank of this start; ");
    }

    /** What rank 1 says if somebody else listens where it looks for rank 0. */
    private static Throwable failureAgainst(byte[] says) throws IOException {
        try (ServerSocket impostor = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<Socket> taken = new ArrayList<>();
            Thread server = new Thread(() -> {
                try {
                    while (true) {
                        Socket socket = impostor.accept();
                        taken.add(socket);
                        socket.getOutputStream().write(says);
                    }
                } catch (IOException e) {
                    // The test has closed it.
                }
            });
            server.start();
            UnaryOperator<List<String>> elsewhere =
                    answers -> List.of("done 127.0.0.1 " + impostor.getLocalPort(), answers.get(1));
            Throwable failure = failures(normally(SHORT), end -> open(changing(end, elsewhere), network(SECRET, SHORT)))
                    .get(0);
            for (Socket socket : taken) {
                socket.close();
            }
            return failure;
        }
    }

    @Test
    void anotherSecretIsRefusedOnAllRanks() {
        assertThat(failures(normally(SHORT), end -> open(end, network("another", SHORT)), normally(SHORT)))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessageContaining("it has another secret, so is no rank of this start"));
        assertThat(failures(normally(SHORT), end -> open(end, network("", SHORT))))
                .allSatisfy(failure ->
                        assertThat(failure).hasMessageContaining("rank 1: the secret between ranks is empty"));
    }

    @Test
    void theFirstFreePortOfTheRangeIsTaken() throws IOException {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.3"))) {
            int port = first.getLocalPort();
            int last = Math.min(65_535, port + 50);
            Network network = new Network("127.0.0.3", port, last, SECRET, LIMIT);
            try (Gate one = Gate.listen(0, network);
                    Gate two = Gate.listen(1, network)) {
                assertThat(one.address().getPort()).isBetween(port + 1, last);
                assertThat(two.address().getPort())
                        .isBetween(port + 1, last)
                        .isNotEqualTo(one.address().getPort());
                assertThat(one.address().getAddress().getHostAddress()).isEqualTo("127.0.0.3");
                assertThatThrownBy(() -> new Socket("127.0.0.2", one.address().getPort()).close())
                        .isInstanceOf(ConnectException.class);
            }
        }
    }

    @Test
    void aRangeWithoutAFreePortIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            Network network = new Network("127.0.0.1", port, port, SECRET, LIMIT);
            assertThat(failures(normally(LIMIT), end -> open(end, network)))
                    .allSatisfy(failure -> assertThat(failure)
                            .isInstanceOf(CommunicatorException.class)
                            .hasMessageContaining("rank 1: cannot listen on 127.0.0.1 with any port of " + port
                                    + " ... " + port + ": Address already in use")
                            .hasMessageContaining("job.ports"));
        }
    }

    @Test
    void anAddressThatIsNotOfThisHostIsNamed() {
        Network elsewhere = new Network("192.0.2.1", 0, 0, SECRET, LIMIT);
        assertThat(failures(normally(LIMIT), end -> open(end, elsewhere)))
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessageContaining("rank 1: cannot listen on 192.0.2.1")
                        .hasMessageContaining("Cannot assign requested address; job.address"));
    }

    @Test
    void aRankThatIsInterruptedWhileItConnectsFailsAll() {
        UnaryOperator<List<String>> interrupted = answers -> {
            Thread.currentThread().interrupt();
            return answers;
        };
        assertThat(failures(normally(SHORT), end -> open(changing(end, interrupted), network(SECRET, SHORT))))
                .allSatisfy(failure ->
                        assertThat(failure).hasMessageContaining("rank 1: rank 1 was interrupted while it connected"));
    }

    @Test
    void aFailedOpeningLeavesNoSocketAndNoThread() throws IOException {
        failures(normally(SHORT), end -> open(end, network("another", SHORT)));
        long before = Descriptors.open();
        failures(normally(SHORT), end -> open(end, network("another", SHORT)));
        assertThat(Descriptors.open()).isEqualTo(before);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("sparktron-"));
    }
}
