package io.sparktron.pretrain;

/** Whether training goes on while a checkpoint is written, for which a rank needs room for a copy of what it saves. */
public enum SaveInBackground {
    /** Where all ranks have the room. */
    AUTO,
    TRUE,
    FALSE
}
