package io.sparktron.train;

import io.sparktron.golden.GoldenFixture;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our numbers against PyTorch's, computed in double: logits and every gradient of one batch, then 20 optimizer steps, at every legal layout. The bars are the
 * plan's; PyTorch in float32 shows 1.3e-6, 9e-7 and 1.5e-4 in their place.
 */
@Timeout(300)
class GoldenTest {

    private static final String EVEN = "even/gpt2";

    /** Tensor sizes that each fixture's heads allow. */
    private static final Map<String, List<Integer>> LEGAL = Map.of(
            "gpt2",
            List.of(1, 2, 3, 6),
            EVEN,
            List.of(1, 2, 4, 8),
            "prime/gpt2",
            List.of(1, 5),
            "twelve/gpt2",
            List.of(1, 2, 3, 4, 6, 12));

    static Stream<Arguments> layouts() {
        List<Arguments> cases = new ArrayList<>();
        for (Backends backend : Backends.values()) {
            for (int tensor : List.of(2, 4, 8)) { // the fixture whose sequence they divide
                cases.add(Arguments.of(EVEN, backend, new Layout(tensor, 1, true, false), 3));
                cases.add(Arguments.of(EVEN, backend, new Layout(tensor, 3, true, false), 1));
            }
            LEGAL.forEach((fixture, tensors) -> tensors.forEach(tensor -> {
                cases.add(Arguments.of(fixture, backend, new Layout(tensor, 1), 3));
                cases.add(Arguments.of(fixture, backend, new Layout(tensor, 1), 1));
                cases.add(Arguments.of(fixture, backend, new Layout(tensor, 3), 1));
            }));
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} micro-batch {3}")
    @MethodSource("layouts")
    void equalsPyTorch(String folder, Backends backend, Layout layout, int microBatch) {
        GoldenFixture golden = new GoldenFixture(folder);
        new ThreadRanks(Duration.ofSeconds(60))
                .run(
                        layout.ranks(),
                        context -> {
                            try (GoldenRank rank =
                                    new GoldenRank(golden, backend.execution(layout, context.world()), microBatch)) {
                                rank.checkLogits();
                                rank.checkGradients();
                                rank.checkTrace();
                            }
                            return 0;
                        },
                        report -> {});
    }
}
