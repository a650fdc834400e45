/** A property that a run did not keep; the message begins with the property's name (spec totem 19). */
export class Violation extends Error {
  constructor(
    readonly property: string,
    text: string,
  ) {
    super(`${property}: ${text}`);
    this.name = "Violation";
  }
}
