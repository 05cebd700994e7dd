/**
 * The few classes that are compiled against {@code mmcorej}. They are not on Nocturne's class path but in
 * {@code lib-mm/nocturne-mm.jar}, which {@link io.nocturne.acquisition.mm.CoreLoader} loads together with the user's own
 * MMCoreJ.jar.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>Compiled against the classes on Maven Central (10.1.1.0, of 2021), run with the user's.</b> No newer ones are
 * published. Everything used here kept its signature up to 12.5.0. What is newer is called by name or left alone.
 *
 * <p><b>All tags as one text.</b> One call instead of one per tag, each of which makes an object with a finaliser.
 */
package io.nocturne.acquisition.mm.core;
