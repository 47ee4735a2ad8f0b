/** Text to token ids and back. */
package io.sparktron.tokenizer;
