package io.sparktron.generate;

import io.sparktron.parallel.Layout;
import io.sparktron.train.DeviceConfig;

/**
 * What a user asks of {@code generate}.
 *
 * @param checkpoint a run folder, meaning its newest checkpoint, or a checkpoint
 * @param prompt text to continue; empty starts a new document
 * @param maxTokens most tokens to add; generation also ends at end-of-text
 */
public record GenerateRequest(
        String checkpoint, String prompt, int maxTokens, Sampling sampling, Layout layout, DeviceConfig device) {}
