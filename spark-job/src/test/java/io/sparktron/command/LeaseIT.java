package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.pretrain.SmallRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers in processes of their own that want one run folder, one of them suspended with its executors. */
class LeaseIT {
    @TempDir
    Path folder;

    @Test
    void oneDriverAtATimeWritesARunFolder() throws Exception {
        String[] command = {
            "--master",
            "local-cluster[2,1,512]",
            "pretrain",
            "--set",
            "run.dir=run",
            "--set",
            "data.train=" + new SmallRuns(folder).dataset("train", 11),
            "--set",
            "model.layers=1",
            "--set",
            "model.hidden=16",
            "--set",
            "model.heads=2",
            "--set",
            "device.threads=1",
            "--set",
            "parallel.tensor=2",
            "--set",
            "train.steps=1000000",
            "--set",
            "train.checkpoint-every=20",
            "--set",
            "train.checkpoint-keep=3"
        };
        try (Launcher first = Launcher.start(folder, command)) {
            first.await(running -> newest() > 0);

            Launcher.Result refused = Launcher.run(folder, command);
            assertThat(refused.code()).as(refused.err()).isEqualTo(2);
            assertThat(refused.lastLine())
                    .startsWith("sparktron: run.dir = ")
                    .contains("is in use by \"pretrain --set run.dir=run ", "process " + first.process(), ", since 20");

            List<ProcessHandle> executors = first.executors();
            signal("STOP", first.process());
            for (ProcessHandle executor : executors) {
                signal("STOP", executor.pid());
            }
            long stoppedAt = newest();
            Set<String> its = shards();
            String attempt = attempt(its.iterator().next());
            try (Launcher second = Launcher.start(folder, command)) {
                second.await(running -> newest() > stoppedAt);
                assertThat(second.err()).contains("waiting up to 30 s for a sign", "gave no sign for 30 s");

                executors.forEach(executor -> signal("CONT", executor.pid()));
                signal("CONT", first.process());
                Launcher.Result ended = first.finish();
                assertThat(ended.code()).as(ended.err()).isEqualTo(1);
                assertThat(ended.lastLine())
                        .startsWith("sparktron: run.dir = ")
                        .contains("was taken over by", "process " + second.process(), "leaves the folder alone");
                assertThat(executors).allSatisfy(executor -> executor.onExit().get());

                assertThat(shards())
                        .filteredOn(shard -> attempt(shard).equals(attempt))
                        .isSubsetOf(its);
                long endedAt = newest();
                second.await(running -> newest() > endedAt);
            }
        }
    }

    private static void signal(String name, long process) {
        try {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The attempt that wrote a shard. */
    private static String attempt(String shard) {
        return shard.replaceAll("step-\\d+-(\\w+)-.*", "$1");
    }

    /** The step of the newest checkpoint; 0 if there is none. */
    private long newest() {
        try (Stream<Path> steps = Files.list(folder.resolve("run/checkpoints"))) {
            return steps.filter(step -> Files.exists(step.resolve("manifest.json")))
                    .mapToLong(
                            step -> Long.parseLong(step.getFileName().toString().substring("step-".length())))
                    .max()
                    .orElse(0);
        } catch (IOException notYet) {
            return 0;
        }
    }

    private Set<String> shards() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> steps = Files.list(folder.resolve("run/checkpoints"))) {
            for (Path step : steps.toList()) {
                try (Stream<Path> files = Files.list(step)) {
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".safetensors"))
                            .forEach(names::add);
                } catch (NoSuchFileException deletedMeanwhile) {
                    continue;
                }
            }
        }
        return names;
    }
}
