package io.sparktron.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.command.Launcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * The newest checkpoint is damaged while nothing runs: a fresh start names it and changes nothing; without its manifest it is no checkpoint, and the one before
 * serves.
 */
record RefusedCheckpoint(Damage damage) implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) throws Exception {
        new KilledEverything().strike(run, random);
        Path shard = run.inNewestCheckpoint(".safetensors", file -> damage.to(file, random));
        Launcher.Result refused = run.callAgain();
        assertThat(refused.code()).as(refused.err()).isEqualTo(2);
        assertThat(refused.lastLine()).contains(shard.getFileName().toString());
        Files.delete(shard.resolveSibling("manifest.json"));
        return Ending.STARTED_AGAIN;
    }
}
