package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.checkpoint.Safetensors;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The optimizer's state divided over the copies of the model: the very bits of the one that every copy holds whole. */
@Timeout(120)
class ShardedOptimizerTest {
    /** Word embeddings of 67 x 139 elements: more than two chunks, and no whole number of them. The final norm's bucket has two chunks. */
    private static final ModelConfig MODEL = ModelConfig.gpt(1, 139, 1, 5, 7, 67);

    /** Two heads, for tensor groups; its smallest buckets have fewer chunks than ranks. */
    private static final ModelConfig SPLIT = ModelConfig.gpt(1, 46, 2, 5, 7, 131);

    /** Clips, decays, and has an uneven vocabulary. */
    private static final TrainingConfig TRAINING = new TrainingConfig(
            4,
            1,
            12,
            5,
            new AdamConfig(0.9, 0.99, 1e-8, 0.1, 0.5),
            new Schedule(1e-2, 1e-3, 1, Schedule.Decay.COSINE, 4));

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "tensor {0} x data {1}, {2}")
    @CsvSource({"1, 2, PLAIN", "1, 3, DEFERRING", "1, 4, PLAIN", "2, 2, DEFERRING", "2, 3, PLAIN", "2, 1, PLAIN"})
    void equalsTheUnshardedOne(int tensor, int data, Backends backend) {
        SmallTraining training = new SmallTraining(tensor == 1 ? MODEL : SPLIT, TRAINING).on(backend);
        SmallTraining.Result whole = training.run(new Layout(tensor, data), 3);
        SmallTraining.Result sharded = training.run(new Layout(tensor, data, false, true), 3);
        assertThat(sharded.outcomes()).isEqualTo(whole.outcomes());
        assertThat(sharded.outcomes()).noneMatch(TrainStep.Outcome::skipped);
        assertThat(sharded.state()).isEqualTo(whole.state());
    }

    /** Saved by ranges of one layout, loaded at others: nothing is lost, and nothing comes to another place. */
    @ParameterizedTest(name = "from tensor {0} x data {1}, sharded {2} to tensor {3} x data {4}, sharded {5}")
    @CsvSource({
        "1, 3, true, 1, 1, false",
        "2, 2, true, 1, 4, true",
        "1, 4, true, 2, 2, true",
        "2, 3, true, 2, 2, false",
        "1, 2, false, 2, 3, true",
        "2, 2, true, 2, 3, true",
    })
    void anyLayoutLoadsWhatAnySaved(
            int tensor, int data, boolean sharded, int otherTensor, int otherData, boolean otherSharded) {
        SmallTraining training = new SmallTraining(SPLIT, TRAINING);
        SmallTraining.Result saved = training.runAndSave(new Layout(tensor, data, false, sharded), 1, folder);
        SmallTraining.Result loaded =
                training.resume(new Layout(otherTensor, otherData, false, otherSharded), folder, 1);
        assertThat(loaded.outcomes()).isEmpty();
        assertThat(loaded.state()).isEqualTo(saved.state());
    }

    /** What a shard says to other tools: the shape of the part of the tensor, or, of a range, as much as lies in a row. */
    @Test
    void shardsTellTheShapesOfTheirTensors() throws IOException {
        SmallTraining training = new SmallTraining(SPLIT, TRAINING);
        training.runAndSave(new Layout(2, 1), 1, folder.resolve("whole"));
        assertThat(shapes("whole", 1))
                .containsEntry("layers.0.attention.query_key_value.weight", Shape.of(3, 1, 23, 46))
                .containsEntry("optimizer.first_moment.layers.0.mlp.dense_4h_to_h.weight", Shape.of(46, 92))
                .containsEntry("embedding.word_embeddings.weight", Shape.of(65, 46));
        training.runAndSave(new Layout(1, 2, false, true), 1, folder.resolve("ranges"));
        assertThat(shapes("ranges", 0)).containsEntry("layers.0.mlp.dense_4h_to_h.weight", Shape.of(4096));
    }

    /** Of the shard of a rank, by the name of the tensor. */
    private Map<String, Shape> shapes(String run, int rank) throws IOException {
        String file = "checkpoints/step-00000001/step-00000001-a-rank-0000" + rank + ".safetensors";
        Map<String, Shape> shapes = new HashMap<>();
        Safetensors.entries(
                        new org.apache.hadoop.fs.Path(
                                folder.resolve(run).toUri().toString(), file),
                        new Configuration())
                .forEach((name, entry) -> shapes.put(name, entry.shape()));
        return shapes;
    }

    /** Whether the state is divided may change at every start. */
    @Test
    void resumesWithTheBitsOfARunThatWasNeverStopped() {
        SmallTraining training = new SmallTraining(MODEL, TRAINING);
        SmallTraining.Result never = training.run(new Layout(1, 3), 4);
        training.runAndSave(new Layout(1, 3, false, true), 2, folder);
        for (boolean sharded : new boolean[] {true, false}) {
            SmallTraining.Result resumed = training.resume(new Layout(1, 3, false, sharded), folder, 4);
            assertThat(resumed.outcomes()).isEqualTo(never.outcomes().subList(2, 4));
            assertThat(resumed.state()).isEqualTo(never.state());
        }
    }
}
