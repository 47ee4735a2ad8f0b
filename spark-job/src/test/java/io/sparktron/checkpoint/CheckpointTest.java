package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.rank.RankContext;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final List<Shape> SHAPES = List.of(
            Shape.of(1), Shape.of(13), Shape.of(7, 5), Shape.of(3, 6, 4, 5), Shape.of(17, 1, 3), Shape.of(4099, 3, 89));

    @TempDir
    private Path folder;

    /** Slices are what some ranks hold of each tensor, cut anywhere; targets are other cuts. The last shape is longer than one piece. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void anyBoxesLoadFromAny(int writers) {
        SavedRuns.ranks(writers, (context, tensors, device) -> {
            addRandom(tensors, new Random(writers), context);
            save(context, tensors, device);
        });
        for (int readers = 1; readers <= 6; readers += 2) {
            int seed = readers;
            Checkpoint checkpoint = Checkpoint.open(folder.toString(), SavedRuns.HADOOP);
            assertThat(checkpoint.tensors().values()).containsExactlyInAnyOrderElementsOf(SHAPES);
            SavedRuns.ranks(readers, (context, tensors, device) -> {
                addRandom(tensors, new Random(100 + seed), context);
                checkpoint.load(tensors.list(), device.newQueue("load"));
                tensors.check(writers + " ranks to " + seed);
            });
        }
    }

    /** The parameters of GPT at one layout from those at another; the vocabulary's share of a rank is padded, once so far that a rank has nothing else. */
    @ParameterizedTest
    @CsvSource({"1,1,1, 2,1,4", "2,1,4, 3,2,1", "3,2,1, 1,1,64", "2,3,64, 6,1,1", "6,1,64, 2,2,1"})
    void anyLayoutLoadsAny(int tensor, int data, int alignment, int otherTensor, int otherData, int otherAlignment) {
        Layout layout = new Layout(tensor, data);
        Layout other = new Layout(otherTensor, otherData);
        SavedRuns.ranks(layout.ranks(), (context, tensors, device) -> {
            addParameters(tensors, layout, alignment, context.rank());
            save(context, tensors, device);
        });
        Checkpoint checkpoint = Checkpoint.open(folder.toString(), SavedRuns.HADOOP);
        SavedRuns.ranks(other.ranks(), (context, tensors, device) -> {
            addParameters(tensors, other, otherAlignment, context.rank());
            checkpoint.load(tensors.list(), device.newQueue("load"));
            tensors.check(layout + " to " + other);
        });
    }

    @Test
    void metadataReadsBackToTheSameBits() throws IOException {
        CheckpointMetadata saved = SavedRuns.metadata(20, List.of("{\"step\":19,\"loss\":\"NaN\"}", "{\"step\": 20}"));
        SavedRuns.save(folder.toString(), saved, "a");

        assertThat(Checkpoint.newest(folder.toString(), SavedRuns.HADOOP))
                .hasValueSatisfying(
                        checkpoint -> assertThat(checkpoint.metadata()).isEqualTo(saved));
    }

    /** Its manifest knew no family and no choices of the layout. */
    @Test
    void readsTheFirstVersion() throws IOException {
        CheckpointMetadata saved = SavedRuns.metadata(20, List.of());
        SavedRuns.save(folder.toString(), saved, "a");
        Path manifest = folder.resolve("checkpoints/step-00000020/manifest.json");
        String text = Files.readString(manifest);
        String first = text.replace("\"version\" : 2", "\"version\" : 1")
                .replaceFirst("\"family\" : \"gpt\",\\s*", "")
                .replaceFirst(",\\s*\"sequence\" : false,\\s*\"shardedOptimizer\" : false", "")
                .replaceFirst(",\\s*\"lossScale\" : \\{[^}]*}", "")
                .replaceAll("\"first\" : \\d+,\\s*\"elements\" : \\d+,\\s*", "");
        assertThat(first)
                .doesNotContain("family", "shardedOptimizer", "lossScale", "first", "elements", "\"version\" : 2");
        Files.writeString(manifest, first);

        Checkpoint checkpoint = open(folder);
        assertThat(checkpoint.metadata()).isEqualTo(saved);
        SavedRuns.loadAndCheck(checkpoint);
    }

    @Test
    void leavesShardsAndAManifestAndNothingElse() throws IOException {
        SavedRuns.save(folder.toString(), 20, "a");

        try (Stream<Path> files = Files.list(folder.resolve("checkpoints/step-00000020"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "manifest.json",
                            "step-00000020-a-rank-00000.safetensors",
                            "step-00000020-a-rank-00001.safetensors");
        }
    }

    @Test
    void aShardIsASafetensorsFile() throws IOException {
        SavedRuns.save(folder.toString(), 20, "a");

        var shard = new org.apache.hadoop.fs.Path(
                folder.toUri().toString(), "checkpoints/step-00000020/step-00000020-a-rank-00001.safetensors");
        assertThat(Safetensors.entries(shard, SavedRuns.HADOOP))
                .hasEntrySatisfying("matrix", entry -> {
                    assertThat(entry.type()).isEqualTo("F32");
                    assertThat(entry.shape()).isEqualTo(Shape.of(3, 5));
                })
                .hasSize(1);
    }

    @Test
    void opensTheNewestOfARunFolderOrTheStepThatIsNamed() {
        for (int step : new int[] {9, 100_000_000, 20}) {
            SavedRuns.save(folder.toString(), step, "a");
        }

        assertThat(open(folder).metadata().step()).isEqualTo(100_000_000);
        assertThat(open(folder.resolve("checkpoints/step-00000020")).metadata().step())
                .isEqualTo(20);
        SavedRuns.loadAndCheck(open(folder));
    }

    @Test
    void refusesAFolderWithoutCheckpointAndAnUnknownFileSystem() {
        for (String path : List.of(folder.toString(), folder + "/none", "nowhere://host/run")) {
            assertThatThrownBy(() -> Checkpoint.open(path, SavedRuns.HADOOP))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(path);
        }
    }

    @Test
    void refusesATensorThatIsMissingOrHasAnotherShape() {
        SavedRuns.save(folder.toString(), 20, "a");

        assertThatThrownBy(() -> load("biases", SavedRuns.VECTOR)).hasMessageContaining("has no tensor biases");
        assertThatThrownBy(() -> load("vector", Shape.of(12)))
                .hasMessageContaining("has vector of shape [13], the model needs [12]");
    }

    private void load(String name, Shape shape) {
        try (HostDevice device = new HostDevice(1);
                RankTensors tensors = new RankTensors(device.newQueue("load"))) {
            tensors.add(name, shape, Box.whole(shape), false);
            open(folder).load(tensors.list(), device.newQueue("load"));
        }
    }

    private static Checkpoint open(Path path) {
        return Checkpoint.open(path.toString(), SavedRuns.HADOOP);
    }

    private void save(RankContext context, RankTensors tensors, HostDevice device) throws CheckpointFailedException {
        Queue queue = device.newQueue("save");
        Saves.save(
                folder.toString(),
                SavedRuns.metadata(20, List.of()),
                tensors.fill().list(),
                context.world(),
                queue,
                SavedRuns.HADOOP,
                "a");
    }

    /** Every rank draws the same cuts and takes its part; a few tensors are held whole by all. */
    private static void addRandom(RankTensors tensors, Random random, RankContext context) {
        for (Shape shape : SHAPES) {
            boolean replicated = random.nextInt(4) == 0;
            int owner = random.nextInt(context.ranks());
            List<Box> parts = cut(Box.whole(shape), context.ranks(), random);
            Box box = replicated ? Box.whole(shape) : parts.get(context.rank());
            long padding = random.nextInt(3);
            tensors.add(
                    shape.toString(), shape, box, box.extent()[0] + padding, !replicated || owner == context.rank());
        }
    }

    /** Cuts a box into {@code parts} boxes, some of which may be empty. */
    private static List<Box> cut(Box box, int parts, Random random) {
        if (parts == 1) {
            return List.of(box);
        }
        int dimension = random.nextInt(box.start().length);
        long first = random.nextLong(box.extent()[dimension] + 1);
        Box low = new Box(box.start().clone(), box.extent().clone());
        Box high = new Box(box.start().clone(), box.extent().clone());
        low.extent()[dimension] = first;
        high.start()[dimension] += first;
        high.extent()[dimension] -= first;
        List<Box> all = new ArrayList<>(cut(low, parts / 2, random));
        all.addAll(cut(high, parts - parts / 2, random));
        return all;
    }

    private static void addParameters(RankTensors tensors, Layout layout, int alignment, int rank) {
        int tensorRank = rank % layout.tensor();
        ModelConfig config = ModelConfig.gpt(2, 48, 6, 17, 24, 101);
        ModelParameters.buckets(config, layout.tensor(), alignment)
                .forEach(bucket -> bucket.forEach(spec -> {
                    Box box = spec.placement().box(spec.global(), tensorRank);
                    boolean saved = spec.placement().counts(tensorRank) && rank < layout.tensor();
                    tensors.add(spec.name(), spec.global(), box, rows(spec), saved);
                }));
    }

    private static long rows(ParameterSpec spec) {
        return spec.placement().local(spec.global()).extent(0);
    }
}
