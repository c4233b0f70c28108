// The stages of a generation, and which one it is at.

const STAGES = [
  ["parsing", "Parsing"],
  ["schema_extraction", "Schema extraction"],
  ["code_generation", "Code generation"],
  ["formatting", "Formatting"],
] as const;

export function Stages({ current, isDone }: { current: string; isDone: boolean }) {
  const at = isDone ? STAGES.length : STAGES.findIndex(([name]) => name === current);
  return (
    <ol className="stages">
      {STAGES.map(([name, title], index) => (
        <li
          key={name}
          data-state={index < at ? "done" : index === at ? "current" : "todo"}
          aria-current={index === at ? "step" : undefined}
        >
          {title}
        </li>
      ))}
    </ol>
  );
}
