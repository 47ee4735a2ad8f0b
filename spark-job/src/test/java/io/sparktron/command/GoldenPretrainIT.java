package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.golden.GoldenRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PyTorch's trace through {@code bin/sparktron pretrain} on executor processes. */
class GoldenPretrainIT {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}, tensor {1} x data {2}")
    @CsvSource({"even/gpt2, 1, 3"})
    void equalsPyTorch(String fixture, int tensor, int data) throws Exception {
        GoldenRun golden = new GoldenRun(fixture, folder);
        List<String> arguments = new ArrayList<>(
                List.of("--master", "local-cluster[" + tensor * data + ",1,512]", "pretrain", "--set", "run.dir=run"));
        golden.settings().forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        arguments.addAll(List.of("--set", "parallel.tensor=" + tensor, "--set", "parallel.data=" + data));

        Launcher.Result result = Launcher.run(folder, arguments.toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isZero();
        golden.check(folder.resolve("run"));
    }
}
