/** Style sheets are bundled by the build; their import has no value. */
declare module '*.css'
