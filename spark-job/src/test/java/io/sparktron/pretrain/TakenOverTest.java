package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.run.LeaseLostException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose folder another driver takes over, as it may when this one gave no sign for long. */
@Timeout(120)
class TakenOverTest {
    private static final String OTHER = """
            {"driver": "d", "user": "u", "command": "pretrain again", "host": "b/n/elsewhere",
             "process": {"id": 9, "started": 1}, "since": "2026-01-01T00:00:00Z", "renewed": "", "released": false}
            """;

    @TempDir
    Path folder;

    /** The ranks ask before they save, whether or not their driver knows already. */
    @Test
    void itEndsAtItsNextSaveAndLeavesTheFolderToTheOther() throws IOException {
        SmallRuns runs = new SmallRuns(folder);
        Path lease = folder.resolve("run/lease");
        Consumer<String> takesOver = line -> {
            try {
                if (line.equals("saved step 2")) {
                    Files.writeString(lease.resolve("00000002.json"), OTHER);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        PretrainRequest request =
                runs.request("run").layout(2, 1).checkpointEvery(1).build();

        assertThatThrownBy(() -> Pretrain.run(
                        request, new ThreadRanks(Duration.ofSeconds(60)), SmallRuns.HADOOP, StopRule.NEVER, takesOver))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContainingAll(
                        "run.dir = ", "taken over by \"pretrain again\"", "process 9 on host elsewhere", "has stopped");

        assertThat(Checkpoint.open(runs.folder("run"), SmallRuns.HADOOP)
                        .metadata()
                        .step())
                .isEqualTo(2);
        assertThat(runs.metrics("run")).hasSizeLessThanOrEqualTo(3);
        assertThat(lease.resolve("00000002.json")).hasContent(OTHER);
        assertThat(Thread.interrupted()).isFalse();
    }
}
