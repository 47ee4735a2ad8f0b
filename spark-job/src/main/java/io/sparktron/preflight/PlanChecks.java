package io.sparktron.preflight;

import io.sparktron.data.TokenDataset;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelRequest;
import io.sparktron.pretrain.Pretrain;
import io.sparktron.pretrain.PretrainPlan;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** What {@code pretrain} itself would decide before any rank starts: model, data and checkpoint together. */
final class PlanChecks {
    private static final String CHECK = "plan";
    private static final String WARNING = "warning: ";

    private final PreflightRequest request;
    private final Configuration hadoop;
    private String finished; // or null

    /**
     * @param model as far as the settings and the data tell
     * @param finished what there is to say where no step is left to make
     */
    record Outlook(Optional<ModelConfig> model, Optional<String> finished, List<Finding> findings) {}

    PlanChecks(PreflightRequest request, Configuration hadoop) {
        this.request = request;
        this.hadoop = hadoop;
    }

    /**
     * @param train the training data, if it can be used
     * @param usable whether all data can be used; if not, that has been told
     */
    Outlook outlook(Optional<TokenDataset> train, boolean usable) {
        List<Finding> findings = new ArrayList<>();
        Optional<ModelConfig> model = Optional.empty();
        if (!request.mistake().isEmpty()) {
            findings.add(Finding.mistake("settings", request.mistake(), ""));
        } else if (request.pretrain().isEmpty()) {
            findings.add(Finding.warning(
                    CHECK,
                    "not checked whether a run can start or go on: a key is not set",
                    String.join(
                            " ",
                            request.missing().stream()
                                    .map(key -> "--set " + key + "=...")
                                    .toList())));
        } else if (usable) {
            model = plan(findings);
        }
        return new Outlook(model.or(() -> fromSettings(train)), Optional.ofNullable(finished), findings);
    }

    private Optional<ModelConfig> plan(List<Finding> findings) {
        List<String> said = new ArrayList<>();
        try {
            Optional<PretrainPlan> plan = Pretrain.plan(request.pretrain().get(), hadoop, said::add);
            said.forEach(line -> findings.add(
                    line.startsWith(WARNING)
                            ? Finding.warning(CHECK, line.substring(WARNING.length()), "")
                            : Finding.ok(CHECK, line)));
            finished = plan.isPresent() ? null : String.join("; ", said);
            plan.ifPresent(run -> findings.add(Finding.ok(
                    CHECK, run.start().describe() + ", " + run.model().parameters() + " parameters")));
            return plan.map(PretrainPlan::model);
        } catch (InvalidInputException e) {
            findings.add(Finding.mistake(CHECK, e.getMessage(), ""));
        } catch (IOException e) {
            findings.add(
                    Finding.problem(CHECK, request.runFolder().orElse("") + " cannot be read: " + e.getMessage(), ""));
        }
        return Optional.empty();
    }

    /** Without a run folder, or with a mistake: what the settings and the data say alone. */
    private Optional<ModelConfig> fromSettings(Optional<TokenDataset> train) {
        ModelRequest wanted = request.model();
        try {
            ModelConfig model = train.map(dataset -> wanted.or(ModelRequest.of(dataset.manifest())))
                    .orElse(wanted)
                    .config();
            model.requireDivisible(request.layout());
            return Optional.of(model);
        } catch (InvalidInputException unsetOrToldByAnotherCheck) {
            return Optional.empty();
        }
    }
}
