package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.golden.GoldenRun;
import io.sparktron.run.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signals to the real {@code bin/sparktron} while executor processes train. */
class StopIT {
    /** More steps than any test waits for. */
    private static final long ENDLESS = 1_000_000_000;

    @TempDir
    Path folder;

    private GoldenRun golden;

    /**
     * SIGTERM to the driver at a random step, then a terminal's Ctrl-C, which goes to the whole process group; then the rest of the steps. The losses are those of one
     * undisturbed run.
     */
    @Test
    @Timeout(300)
    void signalsSaveAfterTheStepAndTheSameCommandGoesOnToTheSameBits() throws Exception {
        golden = new GoldenRun("gpt2", folder);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int first = stopped("TERM", "%d", 1 + random.nextInt(50), seed);
        int second = stopped("INT", "-%d", first + 1 + random.nextInt(50), seed);
        assertThat(second).isGreaterThan(first);

        int steps = second + 5;
        Launcher.Result rest = Launcher.run(folder, pretrain("run", "local-cluster[2,1,512]", steps));
        assertThat(rest.code()).as(rest.err()).isZero();
        assertThat(rest.err()).contains("goes on after step " + second);
        Launcher.Result whole = Launcher.run(folder, pretrain("whole", "local[2]", steps));
        assertThat(whole.code()).as(whole.err()).isZero();
        assertThat(losses("run")).hasSize(steps).isEqualTo(losses("whole"));
    }

    /**
     * Stops the run by a signal once a step is made, and returns the step after which it stopped.
     *
     * @param target of the signal, made from the driver's process number
     */
    private int stopped(String signal, String target, int step, long seed) throws Exception {
        try (Launcher launcher = Launcher.startGroup(folder, pretrain("run", "local-cluster[2,1,512]", ENDLESS))) {
            launcher.await(running -> losses("run").size() >= step);
            launcher.signal(signal, target);
            Launcher.Result result = launcher.finish();
            assertThat(result.code())
                    .as("SIG%s at step %d (seed %d): %s", signal, step, seed, result.err())
                    .isZero();
            int made = losses("run").size();
            assertThat(result.lastLine()).startsWith("stopped at step " + made + " of " + ENDLESS + " (SIG" + signal);
            assertThat(result.err()).contains("saved step " + made);
            return made;
        }
    }

    private String[] pretrain(String run, String master, long steps) {
        Map<String, String> settings = new HashMap<>(golden.settings());
        settings.put("run.dir", run);
        settings.put("parallel.tensor", "2");
        settings.put("device.threads", "1");
        settings.put("train.steps", String.valueOf(steps));
        settings.put("train.lr.decay-steps", "1000");
        settings.put("train.checkpoint-every", "0");
        List<String> arguments = new ArrayList<>(List.of("--master", master, "pretrain"));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return arguments.toArray(String[]::new);
    }

    private List<Double> losses(String run) {
        try {
            String written = Files.readString(folder.resolve(run).resolve("metrics.jsonl"));
            return written.substring(0, written.lastIndexOf('\n') + 1)
                    .lines()
                    .map(line -> StepMetrics.parse(line).loss())
                    .toList();
        } catch (IOException notYet) {
            return List.of();
        }
    }
}
