package io.sparktron.convert;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a user asks of {@code convert}.
 *
 * @param input a Hugging Face folder, a checkpoint, or a run folder, meaning its newest checkpoint
 * @param output folder that is made; there must be nothing in it
 * @param format what the output shall be; by default the one that the input is not
 * @param tokenizer name under which datasets of this model's ids are known; by default found out
 * @param endOfText id that closes a document; by default the {@code eos_token_id} of {@code config.json}
 */
public record ConvertRequest(
        String input, String output, Optional<Format> format, Optional<String> tokenizer, OptionalInt endOfText) {}
