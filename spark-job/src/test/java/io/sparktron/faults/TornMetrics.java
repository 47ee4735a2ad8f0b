package io.sparktron.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** All processes are gone, and with them the end of {@code metrics.jsonl} and {@code run.json}: the steps that lack are told by the checkpoints. */
record TornMetrics() implements Fault {
    private static final int MOST_BYTES = 4096;

    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) throws Exception {
        new KilledEverything().strike(run, random);
        cut(run.path().resolve("metrics.jsonl"), random);
        cut(run.path().resolve("run.json"), random);
        return Ending.STARTED_AGAIN;
    }

    private static void cut(Path file, RandomGenerator random) throws Exception {
        byte[] content = Files.readAllBytes(file);
        int lost = 1 + random.nextInt(Math.min(content.length, MOST_BYTES));
        Files.write(file, Arrays.copyOf(content, content.length - lost));
    }
}
