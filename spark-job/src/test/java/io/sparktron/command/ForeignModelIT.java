package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.golden.GoldenFixture;
import io.sparktron.golden.GoldenRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that transformers sharded and a dataset that pyarrow wrote, through every command that takes them, with executor processes. */
class ForeignModelIT {
    private static final String FIXTURE = "twelve/gpt2";

    /** Mean over the dataset of the model with the weights of final.safetensors, computed in double. */
    private static final double PYTORCHS_LOSS = 3.981069179898624;

    @TempDir
    Path folder;

    @Test
    void isImportedTrainedEvaluatedShownAndExported() throws Exception {
        Path given = GoldenFixture.path(FIXTURE);
        Launcher.Result imported =
                done("convert", "convert.input=" + given, "convert.output=imported", "convert.tokenizer=syllables");
        assertThat(imported.out()).contains("/imported: checkpoint of a GPT of 2 layers", "17,400 parameters");

        GoldenRun golden = new GoldenRun(FIXTURE, folder.resolve("expected"));
        List<String> training = new ArrayList<>(List.of("run.dir=run", "parallel.tensor=3"));
        golden.settings().forEach((key, value) -> training.add(key + "=" + value));
        training.add("train.init-from=imported");
        done("--master local-cluster[3,1,512] pretrain", training.toArray(String[]::new));
        golden.check(folder.resolve("run"));

        Launcher.Result evaluated =
                done("evaluate", "checkpoint=run", "data.validation=" + given.resolve("tokens"), "parallel.tensor=2");
        JsonNode result = new ObjectMapper().readTree(evaluated.out());
        assertThat(result.get("targets").asInt()).isEqualTo(60 * 17);
        assertThat(result.get("loss").asDouble()).isCloseTo(PYTORCHS_LOSS, Offset.offset(5e-6 * PYTORCHS_LOSS));

        assertThat(done("inspect", "inspect.path=run").out()).contains("after step 20 of 20", "tensor 3 x data 1");
        assertThat(done("convert", "convert.input=run", "convert.output=exported")
                        .out())
                .contains("/exported: Hugging Face folder");
        assertThat(folder.resolve("exported").resolve("config.json")).exists();

        refused("generate", "there is no tokenizer syllables; legal: gpt2", "checkpoint=" + folder.resolve("imported"));
        refused(
                "convert",
                "legal: a folder that does not exist yet, or an empty one",
                "convert.input=" + given,
                "convert.output=" + folder.resolve("run"));
        assertThat(folder.resolve("run/manifest.json")).doesNotExist();
    }

    private static void refused(String command, String message, String... assignments) {
        InProcess.Result result = InProcess.run(command, List.of(assignments));
        assertThat(result.lastLine()).startsWith("sparktron: ").endsWith(message);
        assertThat(result.code()).isEqualTo(2);
    }

    private Launcher.Result done(String command, String... assignments) throws Exception {
        List<String> arguments = new ArrayList<>();
        Collections.addAll(arguments, command.split(" "));
        for (String assignment : assignments) {
            arguments.addAll(List.of("--set", assignment));
        }
        Launcher.Result result = Launcher.run(folder, arguments.toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }
}
