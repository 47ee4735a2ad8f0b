package io.sparktron.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.run.MetricsLog;
import io.sparktron.run.RunFolder;
import io.sparktron.run.StepMetrics;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A run.
 *
 * @param page the content of {@code run.json}; null where no attempt has come to have ranks
 * @param steps of the whole run, as it was last started; null where that is not known
 * @param last the newest line of the metrics; null where there is none
 * @param lastValidation the newest line with a validation loss; null where there is none
 * @param checkpoints folders of the complete ones, newest first
 */
record RunView(
        String kind,
        String path,
        JsonNode page,
        Long steps,
        StepMetrics last,
        StepMetrics lastValidation,
        List<String> checkpoints)
        implements Inspection {

    static RunView of(Path path, Configuration hadoop) throws IOException {
        RunFolder folder = RunFolder.open(path.toString(), hadoop);
        Optional<JsonNode> page = page(folder);
        List<StepMetrics> metrics = MetricsLog.steps(folder.path(), hadoop);
        return new RunView(
                "run",
                folder.path(),
                page.orElse(null),
                steps(page).isPresent() ? steps(page).getAsLong() : null,
                metrics.isEmpty() ? null : metrics.get(metrics.size() - 1),
                metrics.stream()
                        .filter(step -> step.validationLoss() != null)
                        .reduce((before, after) -> after)
                        .orElse(null),
                folder.completeCheckpoints());
    }

    private static Optional<JsonNode> page(RunFolder folder) throws IOException {
        Optional<String> text = folder.readRunJson();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ObjectMapper().readTree(text.get()));
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(
                    "run.json of " + folder.path() + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static OptionalLong steps(Optional<JsonNode> page) {
        JsonNode steps = page.map(root -> root.path("training").path("steps")).orElse(null);
        return steps != null && steps.canConvertToLong() ? OptionalLong.of(steps.longValue()) : OptionalLong.empty();
    }

    @Override
    public String text() {
        Page text = new Page().line("run %s", path);
        if (page == null) {
            text.line("  no run.json: no attempt has come to have ranks");
        } else {
            describe(text);
        }
        if (last == null) {
            text.line("  no step made yet");
        } else {
            String of = steps == null ? "" : String.format(Locale.ROOT, " of %,d", steps);
            text.line(
                    "  after step %,d%s: loss %.4f, gradient norm %s, learning rate %.3e, %,d samples consumed, %,.0f tokens/s",
                    last.step(), of, last.loss(), norm(last), last.lr(), last.consumed(), last.tokensPerSecond());
        }
        if (lastValidation != null) {
            text.line("  validation loss %.4f after step %,d", lastValidation.validationLoss(), lastValidation.step());
        }
        text.line("  complete checkpoints: %d", checkpoints.size());
        checkpoints.forEach(checkpoint -> text.line("    %s", checkpoint));
        return text.toString();
    }

    private static String norm(StepMetrics step) {
        return step.gradNorm() == null
                ? "not finite, step skipped"
                : String.format(Locale.ROOT, "%.4f", step.gradNorm());
    }

    private void describe(Page text) {
        JsonNode model = page.path("model");
        text.line(
                "  %s of %s layers, hidden size %s, %s heads, sequence %s, %s positions, vocabulary %s",
                model.path("family").asText("gpt").toUpperCase(Locale.ROOT),
                model.path("layers").asText("?"),
                model.path("hidden").asText("?"),
                model.path("heads").asText("?"),
                model.path("sequence").asText("?"),
                model.path("positions").asText("?"),
                model.path("vocabulary").asText("?"));
        text.line(
                "  tensor %s x data %s, global batch %s, micro-batch %s",
                page.path("parallel").path("tensor").asText("?"),
                page.path("parallel").path("data").asText("?"),
                page.path("training").path("globalBatch").asText("?"),
                page.path("training").path("microBatch").asText("?"));
        JsonNode ramp = page.path("training").path("batchRamp");
        if (ramp.path("samples").asLong() > 0) {
            text.line(
                    "  batch ramp from %s by %s over %s samples",
                    ramp.path("start").asText("?"),
                    ramp.path("increment").asText("?"),
                    ramp.path("samples").asText("?"));
        }
        text.line("  data %s", page.path("data").path("train").asText("?"));
        text.line(
                "  Sparktron %s, commit %s",
                page.path("software").path("sparktron").asText("?"),
                page.path("software").path("commit").asText("?"));
        for (JsonNode rank : page.path("ranks")) {
            text.line(
                    "  rank %s on %s: %s",
                    rank.path("rank").asText("?"),
                    rank.path("host").asText("?"),
                    rank.path("device").asText("?"));
        }
        for (JsonNode attempt : page.path("attempts")) {
            text.line(
                    "  attempt %s, started %s after step %s: %s",
                    attempt.path("attempt").asText("?"),
                    attempt.path("started").asText("?"),
                    attempt.path("resumed_after_step").asText("?"),
                    attempt.path("ended").asText("has not ended"));
        }
    }
}
