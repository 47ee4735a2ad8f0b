package io.sparktron.pretrain;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainingConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code run.json} tells of the start before this one: what a restart must keep so that it computes the same bits, and what a person should know to have
 * changed.
 *
 * @param validationData folder of the validation data, or null where there was none
 * @param threads host threads of each rank, by rank
 */
record PreviousRun(Layout layout, TrainingConfig training, String validationData, List<Integer> threads) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * The inverse of what {@link RunPage} writes.
     *
     * @throws IOException if the text is no run page
     */
    static PreviousRun parse(String runJson) throws IOException {
        JsonNode page = JSON.readTree(runJson);
        Layout layout = JSON.treeToValue(page.path("parallel"), Layout.class);
        TrainingConfig training = JSON.treeToValue(page.path("training"), TrainingConfig.class);
        List<Integer> threads = new ArrayList<>();
        page.path("ranks").forEach(rank -> threads.add(rank.path("threads").asInt()));
        if (layout == null || training == null || threads.size() != layout.ranks() || threads.contains(0)) {
            throw new IOException("it lacks parallel, training, or the threads of a rank");
        }
        String validationData = page.path("data").path("validation").textValue();
        return new PreviousRun(layout, training, validationData, threads);
    }

    /**
     * Every setting that is another now and bends the curves of losses, as {@code key = value (was value)}: batch, optimizer, schedule, dropout, precision, and what is validated on.
     * Layout, micro-batch and cadence do not.
     *
     * @param validationNow folder of the validation data, or null
     */
    List<String> changes(TrainingConfig now, String validationNow) {
        Map<String, Object> before = settings(training);
        List<String> changes = new ArrayList<>();
        settings(now).forEach((key, value) -> {
            if (before.containsKey(key) && !value.equals(before.get(key))) { // else what it belongs to is told
                changes.add(key + " = " + value + " (was " + before.get(key) + ")");
            }
        });
        if (validationData != null && validationNow != null && !validationData.equals(validationNow)) {
            changes.add("data.validation = " + validationNow + " (was " + validationData + ")");
        }
        return changes;
    }

    private static Map<String, Object> settings(TrainingConfig training) {
        Schedule schedule = training.schedule();
        AdamConfig adam = training.adam();
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("train.global-batch", training.globalBatch());
        settings.put("train.batch-ramp", training.batchRamp());
        settings.put("train.lr.peak", schedule.peak());
        settings.put("train.lr.min", schedule.floor());
        settings.put("train.lr.warmup-steps", schedule.warmupSteps());
        settings.put(
                "train.lr.decay",
                schedule.decay().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        settings.put("train.lr.decay-steps", schedule.decaySteps());
        if (schedule.decay() == Schedule.Decay.WSD) {
            settings.put("train.lr.cooldown-steps", schedule.cooldownSteps());
        }
        settings.put("train.beta1", adam.beta1());
        settings.put("train.beta2", adam.beta2());
        settings.put("train.epsilon", adam.epsilon());
        settings.put("train.weight-decay", adam.weightDecay());
        settings.put("train.clip", adam.clip());
        settings.put("model.dropout", training.dropout());
        settings.put("train.precision", training.precision());
        if (training.precision() == Precision.FP16) {
            settings.put("train.loss-scale.window", training.lossScaling().window());
            settings.put("train.loss-scale.hysteresis", training.lossScaling().hysteresis());
            settings.put("train.loss-scale.minimum", training.lossScaling().minimum());
        }
        return settings;
    }
}
