package io.sparktron.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What was found in a folder. Its components are its JSON. */
public sealed interface Inspection permits DatasetView, BertDatasetView, CheckpointView, RunView, ModelView {
    /** What the folder is: {@code token dataset}, {@code checkpoint}, {@code run} or {@code huggingface}. */
    String kind();

    /** For people; with a line end. */
    String text();

    /** One line. */
    default String json() {
        try {
            return new ObjectMapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was found cannot be written as JSON", e);
        }
    }
}
