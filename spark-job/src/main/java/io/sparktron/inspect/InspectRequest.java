package io.sparktron.inspect;

import java.util.OptionalLong;

/**
 * What a user asks of {@code inspect}.
 *
 * @param path a token dataset, a checkpoint, a run folder, or a Hugging Face folder
 * @param sample of a dataset, from 0; by default the first
 * @param statistics whether a checkpoint's values are read and summed up
 */
public record InspectRequest(String path, OptionalLong sample, boolean statistics) {}
