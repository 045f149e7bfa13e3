import { Button, Drawer, Modal, NativeSelect, Paper, TextInput, Tooltip, createTheme, type MantineColorsTuple } from "@mantine/core";

const brand: MantineColorsTuple = [
  "#e8f6f3", "#d0ebe6", "#a3d8ce", "#72c4b5", "#48b09f", "#229886", "#0f7a6d", "#0b655a", "#084f47", "#053833",
];
/** Mantine reads body, borders and inputs of the dark scheme from here. */
const dark: MantineColorsTuple = [
  "#d7dce2", "#b4bcc6", "#939dab", "#6d7786", "#3a424d", "#2b323b", "#1d2229", "#14181d", "#0f1216", "#0a0c0f",
];
const sans =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif';
const mono =
  'ui-monospace, SFMono-Regular, "JetBrains Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace';

export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: 6,
  colors: { brand, dark },
  fontFamily: sans,
  fontFamilyMonospace: mono,
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: { fontFamily: sans, fontWeight: "600" },
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: "xs" } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close" } } }),
    Modal: Modal.extend({ defaultProps: { centered: true, closeButtonProps: { "aria-label": "Close" } } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } }),
  },
});
