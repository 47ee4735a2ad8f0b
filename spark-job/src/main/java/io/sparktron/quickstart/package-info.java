/** From raw text to generated text in one command, with the same programs that the other commands run. */
package io.sparktron.quickstart;
