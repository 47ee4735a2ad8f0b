/**
 * The command line. The only room that knows HOCON and key names as text: {@link io.sparktron.command.Keys} is the one table that help, the README
 * and unknown-key errors come from, {@link io.sparktron.command.Settings} what a user gave, {@link io.sparktron.command.Requests} turns that into
 * the plain records of the other rooms. Results go to standard output, everything else to standard error.
 */
package io.sparktron.command;
