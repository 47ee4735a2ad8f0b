package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.Collective;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often the copies of the model come together in a step: each time costs the longest of their waits. */
@Timeout(60)
class CollectivesOfAStepTest {
    private static final int LAYERS = 2;
    private static final int BUCKETS = LAYERS + 2;
    private static final int STEPS = 3;

    /** One for each bucket of gradients, another for each where the optimizer is sharded, the sums of the losses, the counts of BERT's masks, the chunks of a sharded norm. */
    @ParameterizedTest(name = "{0}, sharded {1}")
    @CsvSource({
        "GPT, false, 1, 0, 0",
        "BERT, false, 2, 0, 0",
        "GPT, true, 2, 1, 1",
        "BERT, true, 3, 1, 1",
    })
    void ofTheDataGroup(
            ModelConfig.Family family, boolean sharded, int small, int scattersOfBucket, int gathersOfBucket) {
        List<Collective> started = new CopyOnWriteArrayList<>();
        ModelConfig model = new ModelConfig(family, LAYERS, 12, 6, 5, 7, 17);
        TinyRun.of(model, STEPS, 6)
                .at(new Layout(1, 3, false, sharded), 1)
                .planted(on -> on.mesh().dataRank() > 0
                        ? on
                        : Planted.inDataGroup(on, (operation, after, group) -> {
                            started.add(operation);
                            return group.start(operation, after);
                        }))
                .outcomes();
        Map<Class<?>, Long> counts =
                started.stream().collect(Collectors.groupingBy(Object::getClass, Collectors.counting()));
        int gathersAtTheBegin = sharded ? BUCKETS : 0; // of the weights that were drawn
        assertThat(counts.get(Collective.AllReduce.class)).isEqualTo((long) STEPS * (small + (sharded ? 0 : BUCKETS)));
        assertThat(counts.getOrDefault(Collective.ReduceScatter.class, 0L))
                .isEqualTo((long) STEPS * scattersOfBucket * BUCKETS);
        assertThat(counts.getOrDefault(Collective.AllGather.class, 0L))
                .isEqualTo((long) STEPS * gathersOfBucket * BUCKETS + gathersAtTheBegin);
    }
}
