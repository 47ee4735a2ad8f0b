package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sparktron.collective.Communicator;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.parallel.OwnedPart;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Tensor;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One flipped bit in one rank's copy of the state. */
@Timeout(60)
class ReplicaCheckTest {
    private static final ModelConfig MODEL = ModelConfig.gpt(2, 12, 6, 5, 7, 17);

    /** What each rank says, by rank: nothing where its copies are equal. */
    private static List<String> check(Layout layout, int flippedRank, Flip flip) {
        return new ThreadRanks(Duration.ofSeconds(30))
                .run(layout.ranks(), context -> check(Backends.DEFERRING, layout, context, flippedRank, flip), r -> {});
    }

    /** A bit of the state. */
    private interface Flip {
        Tensor in(Parameter parameter);
    }

    private static String check(Backends backend, Layout layout, RankContext context, int flippedRank, Flip flip) {
        Execution on = backend.execution(layout, context.world());
        try (Allocations held = new Allocations()) {
            TrainingState state = state(on, context, held);
            state.initialize(5);
            try (ReplicaCheck replicas = new ReplicaCheck(on, state)) {
                replicas.check(1, () -> fail("nothing differs yet"));
                if (context.rank() == flippedRank) {
                    state.parameters()
                            .all()
                            .forEach(parameter -> Optional.ofNullable(flip.in(parameter))
                                    .ifPresent(tensor -> flipLastBit(on, tensor)));
                }
                return said(replicas);
            }
        }
    }

    private static String said(ReplicaCheck replicas) {
        try {
            replicas.check(40, () -> {});
            return "";
        } catch (ReplicasDifferException differ) {
            return differ.getMessage();
        }
    }

    private static void flipLastBit(Execution on, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes());
        on.queue().read(tensor, bytes);
        int last = bytes.capacity() - 4; // of a little-endian float, the last of its mantissa
        bytes.put(last, (byte) (bytes.get(last) ^ 1));
        on.queue().write(bytes, tensor);
    }

    private static Flip named(String name, String kind) {
        return parameter -> {
            if (!parameter.name().equals(name)) {
                return null;
            }
            OwnedPart part = parameter.owned();
            return switch (kind) {
                case "value" -> parameter.used(parameter.value());
                case "first" -> part.used(part.firstMoment());
                default -> part.used(part.secondMoment());
            };
        };
    }

    /** Ranks 0 and 2, and 1 and 3, are copies; what the tensor group does not split is also equal on 0 and 1, and on 2 and 3. */
    @ParameterizedTest
    @CsvSource({
        "1, embedding.word_embeddings.weight, value, embedding.word_embeddings.weight",
        "2, embedding.word_embeddings.weight, first, first moment of embedding.word_embeddings.weight",
        "3, embedding.word_embeddings.weight, second, second moment of embedding.word_embeddings.weight",
    })
    void isFoundInWeightsAndMomentsOfASplitParameter(int rank, String name, String kind, String told) {
        List<String> said = check(new Layout(2, 2), rank, named(name, kind));
        int first = rank % 2;
        for (int other = 0; other < 4; other++) {
            if (other % 2 == first) {
                assertThat(said.get(other))
                        .startsWith("after step 40 the copies of " + told + " differ: rank " + first + " against rank "
                                + (first + 2) + "; ");
            } else {
                assertThat(said.get(other)).isEmpty();
            }
        }
    }

    @Test
    void theOddOneOfThreeIsNamedLast() {
        assertThat(check(new Layout(1, 3), 0, named("embedding.position_embeddings.weight", "value")))
                .allSatisfy(
                        said -> assertThat(said)
                                .startsWith(
                                        "after step 40 the copies of embedding.position_embeddings.weight differ: ranks 1, 2 against rank 0; "));
    }

    /** Without data parallelism there are copies too. */
    @Test
    void isFoundInWhatATensorGroupDoesNotSplit() {
        assertThat(check(new Layout(3, 1), 2, named("embedding.position_embeddings.weight", "first")))
                .allSatisfy(said -> assertThat(said)
                        .startsWith(
                                "after step 40 the copies of first moment of embedding.position_embeddings.weight differ:"
                                        + " ranks 0, 1 against rank 2; "));
    }

    @Test
    void theFirstOfSeveralIsNamed() {
        assertThat(check(new Layout(1, 2), 1, parameter -> parameter.owned().secondMoment()))
                .allSatisfy(said -> assertThat(said).contains("second moment of final_layernorm.weight differ"));
    }

    /** Each copy of the model has moments of its own, which nothing can be held against but the rest of its tensor group. */
    @Test
    void aShardedOptimizerHasCopiesOfValuesAndOverTheTensorGroup() {
        Layout layout = new Layout(2, 2, false, true);
        String norm = "final_layernorm.weight"; // of the first chunk of its bucket: of data rank 0
        assertThat(check(layout, 3, named(norm, "value")).get(1))
                .startsWith("after step 40 the copies of " + norm + " differ: rank 1 against rank 3; ");
        List<String> said = check(layout, 1, named(norm, "first"));
        assertThat(said.subList(0, 2))
                .allSatisfy(each -> assertThat(each)
                        .startsWith("after step 40 the copies of first moment of " + norm
                                + " differ: rank 0 against rank 1; "));
        assertThat(said.subList(2, 4)).containsOnly("");
    }

    /** Also what both groups of a rank compare. */
    @Test
    void readsTheStateOnce() {
        Layout layout = new Layout(2, 2);
        List<Boolean> once = new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        layout.ranks(),
                        context -> {
                            AtomicInteger pieces = new AtomicInteger();
                            Execution on = counting(Backends.PLAIN.execution(layout, context.world()), pieces);
                            try (Allocations held = new Allocations()) {
                                TrainingState state = state(on, context, held);
                                try (ReplicaCheck replicas = new ReplicaCheck(on, state)) {
                                    replicas.check(1, () -> fail("nothing differs"));
                                }
                                return pieces.get() == state.all().size(); // none is longer than a piece
                            }
                        },
                        report -> {});
        assertThat(once).containsOnly(true);
    }

    /** A rank tells its peers of every piece that it has read. */
    private static Execution counting(Execution on, AtomicInteger pieces) {
        Mesh mesh = on.mesh();
        Communicator world = (Communicator) Proxy.newProxyInstance(
                Communicator.class.getClassLoader(), new Class<?>[] {Communicator.class}, (self, method, arguments) -> {
                    if (method.getName().equals("progress")) {
                        pieces.incrementAndGet();
                    }
                    return method.invoke(mesh.world(), arguments);
                });
        return new Execution(
                on.kernels(), on.queue(), new Mesh(mesh.layout(), world, mesh.tensor(), mesh.data()), on.type());
    }

    private static TrainingState state(Execution on, RankContext context, Allocations held) {
        return new TrainingState(
                on,
                MODEL,
                new ParameterStorage.Source(
                        held.from(context.world().allocator()),
                        held.from(on.kernels().device().allocator()),
                        true));
    }

    /** The last that the ranks do together. */
    @Test
    void allRanksHearThatCopiesOfSomeDiffer() {
        AtomicInteger told = new AtomicInteger();
        Layout layout = new Layout(2, 2);
        List<Boolean> said = new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = Backends.DEFERRING.execution(layout, context.world());
                            try (Allocations held = new Allocations()) {
                                TrainingState state = state(on, context, held);
                                state.initialize(5);
                                if (context.rank() == 1) {
                                    String word = "embedding.word_embeddings.weight"; // ranks 0 and 2 have another half
                                    Parameter half = state.parameters().get(word);
                                    flipLastBit(on, half.used(half.value()));
                                }
                                try (ReplicaCheck replicas = new ReplicaCheck(on, state)) {
                                    replicas.check(1, told::incrementAndGet);
                                    return true;
                                } catch (ReplicasDifferException differ) {
                                    return false;
                                }
                            }
                        },
                        report -> {});
        assertThat(said).containsExactly(true, false, true, false);
        assertThat(told).hasValue(layout.ranks());
    }

    @Test
    void oneRankHasNothingToCompare() {
        assertThat(check(new Layout(1, 1), 0, Parameter::value)).containsExactly("");
    }
}
