package io.sparktron.checkpoint;

import io.sparktron.collective.Communicator;
import io.sparktron.parallel.Box;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rank may hold several parts of one tensor, as where a flat split crosses rows; what counts as saved must load. */
class SeveralBoxesTest {
    private static final Shape SHAPE = Shape.of(12, 5);

    @TempDir
    Path folder;

    @Test
    void boxesOfEqualSizeDoNotTakeEachOthersPlace() {
        SavedRuns.ranks(2, (context, tensors, device) -> {
            addRows(tensors, 3L * context.rank(), 3); // rank 0: rows 0-2 and 6-8, rank 1: rows 3-5 and 9-11
            addRows(tensors, 3L * context.rank() + 6, 3);
            save(context.world(), tensors, device.newQueue("save"));
        });
        loadAndCheck();
    }

    @Test
    void boxesOfOtherSizesDoNotEither() {
        SavedRuns.ranks(2, (context, tensors, device) -> {
            if (context.rank() == 0) {
                addRows(tensors, 0, 1);
                addRows(tensors, 5, 7);
                addRows(tensors, 3, 2);
            } else {
                addRows(tensors, 1, 2);
            }
            save(context.world(), tensors, device.newQueue("save"));
        });
        loadAndCheck();
    }

    private static void addRows(RankTensors tensors, long first, long rows) {
        tensors.add("matrix", SHAPE, new Box(new long[] {first, 0}, new long[] {rows, 5}), true);
    }

    private void save(Communicator world, RankTensors tensors, Queue queue) throws CheckpointFailedException {
        Saves.save(
                folder.toString(),
                SavedRuns.metadata(20, List.of()),
                tensors.fill().list(),
                world,
                queue,
                SavedRuns.HADOOP,
                "a");
    }

    private void loadAndCheck() {
        Checkpoint checkpoint = Checkpoint.open(folder.toString(), SavedRuns.HADOOP);
        SavedRuns.ranks(1, (context, tensors, device) -> {
            addRows(tensors, 0, 12);
            checkpoint.load(tensors.list(), device.newQueue("load"));
            tensors.check("several boxes");
        });
    }
}
