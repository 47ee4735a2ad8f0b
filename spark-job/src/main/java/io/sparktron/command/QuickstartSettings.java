package io.sparktron.command;

import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.generate.GenerateRequest;
import io.sparktron.parallel.Layout;
import io.sparktron.pretrain.PretrainRequest;
import io.sparktron.quickstart.QuickstartRequest;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The quick start's settings: its preset, what the user gave over it, and paths inside one folder ({@code run.dir}). */
final class QuickstartSettings {
    private static final String FOLDER = "quickstart";
    private static final String PRESET = "quickstart.conf";

    private QuickstartSettings() {}

    static QuickstartRequest request(Settings given) {
        Settings settings = new Settings().addText("conf/" + PRESET, preset()).addAll(given);
        Path folder = Path.of(settings.find(JobKeys.RUN_DIR).orElse(FOLDER));
        Path corpus = folder.resolve("corpus");
        Path tokens = folder.resolve("tokens");
        Path run = folder.resolve("run");
        if (settings.get(PrepKeys.PREP_VALIDATION_FRACTION) <= 0) {
            throw new InvalidInputException(
                    "prep.validation-fraction = 0, must be above 0: the quick start evaluates its model");
        }
        settings.addAssignment(JobKeys.RUN_DIR.name() + "=" + run);
        settings.addAssignment(PrepKeys.DATA_TRAIN.name() + "=" + tokens.resolve("train"));
        settings.addAssignment(PrepKeys.DATA_VALIDATION.name() + "=" + tokens.resolve("validation"));
        settings.addAssignment(ToolKeys.CHECKPOINT.name() + "=" + run);
        Layout layout = new Layout(settings.get(ModelKeys.TENSOR), settings.get(ModelKeys.DATA));
        PretrainRequest pretrain = Requests.pretrain(settings, Requests.forTraining(settings, layout));
        EvaluateRequest evaluate = Requests.evaluate(settings, layout);
        GenerateRequest generate = Requests.generate(settings, new Layout(layout.tensor(), 1));
        Optional<List<String>> ownText = settings.find(PrepKeys.PREP_INPUT);
        return new QuickstartRequest(
                folder,
                ownText.isPresent() ? Optional.empty() : Optional.of(corpus),
                PrepRequests.prep(settings, ownText.orElse(List.of(corpus.toString())), tokens.toString()),
                pretrain,
                evaluate,
                generate);
    }

    private static String preset() {
        try (InputStream preset = QuickstartRequest.class.getResourceAsStream(PRESET)) {
            if (preset == null) {
                throw new IllegalStateException("the application jar lacks " + PRESET);
            }
            return new String(preset.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
