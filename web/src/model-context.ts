import { createContext, useContext } from "react";
import type { Model } from "./model.ts";

/** The report's data for every component below. */
export const ModelContext = createContext<Model | undefined>(undefined);

/** The report's data. Throws where no report is around the component, which is a bug. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (!model) throw new Error("no report around this component");
  return model;
}
