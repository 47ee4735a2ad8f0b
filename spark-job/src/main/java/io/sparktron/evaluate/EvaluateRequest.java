package io.sparktron.evaluate;

import io.sparktron.parallel.Layout;
import io.sparktron.train.DeviceConfig;

/**
 * What a user asks of {@code evaluate}.
 *
 * @param checkpoint a run folder, meaning its newest checkpoint, or a checkpoint
 * @param data folder of the token dataset, each sample of which is read once
 * @param microBatch samples that one rank takes through the model at once
 */
public record EvaluateRequest(String checkpoint, String data, Layout layout, int microBatch, DeviceConfig device) {}
