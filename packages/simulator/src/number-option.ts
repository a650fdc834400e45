const DECIMAL = /^(\d+(\.\d+)?|\.\d+)$/;

export interface NumberLimits {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

/** @throws Error that names the option when its value is not a plain decimal number within the limits */
export function readNumber(option: string, value: string, { least, most, whole }: NumberLimits): number {
  const given = value === "" ? "nothing" : value;
  const must = `--${option} must be`;
  const range = `from ${least} to ${most}, not ${given}`;
  if (!DECIMAL.test(value)) throw new Error(`${must} a plain ${whole ? "whole" : "decimal"} number ${range}`);
  const number = Number(value);
  if (number < least || number > most || (whole && !Number.isInteger(number)))
    throw new Error(`${must} ${whole ? "a whole number " : ""}${range}`);
  return number;
}
